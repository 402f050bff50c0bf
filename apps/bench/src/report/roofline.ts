// A roofline (S. Williams et al., CACM 52, 2009): what cores and their memory allow by FLOPs a byte, and what layers reach of it.
import type { CopyRate } from '../layers/protocol.ts'
import type { Roof } from '../roofs.ts'

/** A layer as one library or way ran it. */
export interface Spot {
  readonly series: string
  readonly intensity: number
  readonly gflops: number
}

export interface Roofline {
  readonly threads: number
  /** Of the tiers that there are, lowest first. */
  readonly peaks: readonly { readonly tier: string; readonly gflops: number }[]
  /** Of copies that no cache holds, and of the smallest. */
  readonly memory: CopyRate
  readonly cache: CopyRate
  readonly spots: readonly Spot[]
}

/** Null where nothing can be drawn: no tier has a peak, or no layer a time. */
export function rooflineOf({ threads, peaks, copies }: Roof, spots: readonly Spot[]): Roofline | null {
  const known = peaks.flatMap(({ tier, gflops }) => (gflops === null || gflops <= 0 ? [] : [{ tier, gflops }]))
  if (known.length === 0 || spots.length === 0 || copies.length === 0) return null
  const bySize = copies.toSorted((a, b) => a.bytes - b.bytes)
  return {
    threads,
    peaks: known.toSorted((a, b) => a.gflops - b.gflops),
    memory: bySize[bySize.length - 1],
    cache: bySize[0],
    spots,
  }
}

/** The most that arithmetic at `peak` and memory allow. */
export function underRoof(peak: number, { gbPerSecond }: CopyRate, intensity: number): number {
  return Math.min(peak, intensity * gbPerSecond)
}

/** Positions pushed apart to `gap` at least, upwards and then down from `top`, in their order. @param places sorted */
export function apart(places: readonly number[], gap: number, top: number): number[] {
  const risen: number[] = []
  for (const place of places) risen.push(Math.max(place, (risen.at(-1) ?? Number.NEGATIVE_INFINITY) + gap))
  let limit = top
  return risen
    .toReversed()
    .map((place) => {
      const lowered = Math.min(place, limit)
      limit = lowered - gap
      return lowered
    })
    .reverse()
}
