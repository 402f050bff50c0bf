// What the machine can do with so many cores at once: multiply-adds on registers, and copies of many sizes; and what of that
// bounds a layer.
import type { ConvCost, TierName } from '@weft/core'
import { scriptCommand } from '../places.ts'
import { Child } from './child.ts'
import type { Limits } from './protocol.ts'

export interface Bound {
  /** The most that arithmetic and memory allow of a layer. */
  readonly gflops: number
  readonly by: 'arithmetic' | 'memory'
}

export const PEAK_MS = 150

/** Every core in a process of its own, all at the same time; their rates are added. */
export async function measureLimits(threads: number, tier: TierName, pairing: string, ms = PEAK_MS): Promise<Limits> {
  const command = scriptCommand('limits-contestant', pairing)
  const cores = await Promise.all(Array.from({ length: threads }, () => Child.start(command)))
  try {
    return together(await Promise.all(cores.map((core) => core.ask('limits', { tier, ms }))))
  } finally {
    await Promise.all(cores.map((core) => core.close()))
  }
}

/** Bytes are those of one core: what each keeps busy with while the others do the same. */
export function together(cores: readonly Limits[]): Limits {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const rates = cores.map(({ gflops }) => gflops)
  return {
    gflops: rates.includes(null) ? null : sum(rates as number[]),
    copies: cores[0].copies.map(({ bytes }, size) => ({
      bytes,
      gbPerSecond: sum(cores.map(({ copies }) => copies[size].gbPerSecond)),
    })),
  }
}

/** The roofline: arithmetic at the peak, or all bytes once at the speed of a copy that is as large as the share of a core. */
export function boundOf({ gflops, copies }: Limits, { bytes, intensity }: ConvCost, threads: number): Bound | null {
  if (gflops === null) return null
  const copy = copies.find((size) => size.bytes >= bytes / threads) ?? copies[copies.length - 1]
  const moved = intensity * copy.gbPerSecond
  return moved < gflops ? { gflops: moved, by: 'memory' } : { gflops, by: 'arithmetic' }
}
