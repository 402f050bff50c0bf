// The roofs that no layer gets over: what cores do at most on each tier, and how fast they move memory.
import { TIER_NAMES, type TierName } from '@weft/core'
import { pairingHelps } from './job.ts'
import { Child } from './layers/child.ts'
import { measureLimits } from './layers/limits.ts'
import type { CopyRate, TierPeak } from './layers/protocol.ts'
import { scriptCommand } from './places.ts'

export interface Roof {
  /** Cores at work at once; all rates are those of them together. */
  readonly threads: number
  readonly peaks: readonly TierPeak[]
  readonly copies: readonly CopyRate[]
}

/** Processes differ in whether V8 pairs vectors: that makes narrower tiers faster than they are. The scalar tier has no peak. */
const TOGETHER = [true, false].map((pairing) => ({
  word: pairing ? 'pairing' : 'plain',
  tiers: TIER_NAMES.filter((tier) => tier !== 'scalar' && pairingHelps(tier) === pairing),
}))

/** @param tier what is in force: its machine code copies no faster, but V8 is told what it is told then */
export async function measureRoofs(counts: readonly number[], tier: TierName, ms: number): Promise<Roof[]> {
  const roofs: Roof[] = []
  for (const threads of counts) {
    const { copies } = await measureLimits(threads, tier, pairingHelps(tier) ? 'pairing' : 'plain', ms)
    roofs.push({ threads, peaks: await measurePeaks(threads, ms), copies })
  }
  return roofs
}

/** Every core in a process of its own, all at the same time; a tier that is not to be had says why. @param ms for each tier */
export async function measurePeaks(threads: number, ms: number): Promise<TierPeak[]> {
  const found = new Map<TierName, TierPeak>()
  for (const { word, tiers } of TOGETHER) {
    const cores = await Promise.all(Array.from({ length: threads }, () => Child.start(scriptCommand('limits-contestant', word))))
    try {
      const told = await Promise.all(cores.map((core) => core.ask('peaks', { tiers, ms })))
      for (const [index, tier] of tiers.entries()) found.set(tier, added(told.map(({ peaks }) => peaks[index])))
    } finally {
      await Promise.all(cores.map((core) => core.close()))
    }
  }
  return TIER_NAMES.flatMap((tier) => found.get(tier) ?? [])
}

function added(cores: readonly TierPeak[]): TierPeak {
  const { tier, why } = cores[0]
  const rates = cores.map(({ gflops }) => gflops)
  return { tier, why, gflops: rates.includes(null) ? null : (rates as number[]).reduce((sum, rate) => sum + rate, 0) }
}
