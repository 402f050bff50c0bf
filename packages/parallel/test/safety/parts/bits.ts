// Bits: the fused tiers give the same results, with usual data and with data whose sums are subnormal.
import type { TierName } from '@weft/core'
import { runChild } from '../spawn.ts'
import { failuresOf, type Outcome, unloaded } from './part.ts'

export async function bits(tiers: readonly TierName[], seed: number, first: number, cases: number, scale = 1): Promise<Outcome> {
  const again = `bits --seed ${seed} --first ${first} --bits ${cases}`
  const config = { tiers, seed, from: first, count: cases, scale }
  const ended = await runChild('bits', config, { flags: ['--experimental-wasm-revectorize'], seconds: 1800 })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const data = scale === 1 ? 'usual data' : 'data around the subnormal'
  const compared = ended.lines.at(-1)?.compared
  return {
    summary: `${tiers.join(', ')}: ${cases} convolutions, ${compared} comparisons, ${data}, seed ${seed}`,
    failures: failuresOf(ended, again),
  }
}
