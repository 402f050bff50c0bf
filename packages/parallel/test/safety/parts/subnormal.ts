// Subnormal data: flushed alike everywhere, harmless to JavaScript, and no slower than other data.
import type { TierName } from '@weft/core'
import { runChild } from '../spawn.ts'
import { failuresOf, type Outcome, unloaded } from './part.ts'

/** Time with subnormal data as a part of the time with usual data. */
const MOST = 1.1

export async function subnormal(tiers: readonly TierName[]): Promise<Outcome> {
  const ended = await runChild('subnormal', { tiers })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const failures = failuresOf(ended, `subnormal --tiers ${tiers.join()}`)
  for (const { name, tier, threads, parallel, same, subnormal: left, live } of ended.lines) {
    const where = `${name} on ${tier}, ${threads} thread(s), ${parallel}`
    if (same !== true) failures.push(`${where}: not what data without subnormals gives`)
    if (left !== 0) failures.push(`${where}: ${left} subnormal results`)
    if (live !== true) failures.push(`${where}: JavaScript has no subnormal numbers afterwards`)
  }
  return { summary: `${tiers.join(', ')}: ${ended.lines.length} runs`, failures }
}

/** Not for CI: it measures. */
export async function subnormalTime(tier: TierName): Promise<Outcome> {
  const ended = await runChild('subnormal-time', { tier, rounds: 60 })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const failures = failuresOf(ended, 'time')
  const { usual, others = {} } = (ended.lines.at(-1) ?? {}) as { usual?: number; others?: Record<string, number> }
  const ratios = Object.entries(others).map(([name, ms]) => [name, ms / (usual ?? 0)] as const)
  for (const [name, ratio] of ratios) {
    if (!(ratio <= MOST))
      failures.push(`${tier}: ${name} take ${ratio.toFixed(2)} times as long as usual data, more than ${MOST}`)
  }
  const told = ratios.map(([name, ratio]) => `${name} ${ratio.toFixed(3)}`).join(', ')
  return { summary: `${tier}: time beside usual data (${usual?.toFixed(3)} ms): ${told}`, failures }
}
