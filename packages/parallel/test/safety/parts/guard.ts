// Guard pages: kernels over random convolutions touch nothing but their operands, and are right.
import type { GuardConfig } from '../children/guard.ts'
import { FAULT_EXIT, type Scene, tellFault } from '../fault.ts'
import type { Region } from '../guarded.ts'
import { PAST } from '../past.ts'
import { type Ended, runChild } from '../spawn.ts'
import { failuresOf, type Outcome, repeat, unloaded } from './part.ts'

/** Failures after which the rest is left. */
const MOST = 10
/** Cases a child: it says where it is before each run, and all of that is kept. */
const AT_ONCE = 400

export interface GuardOptions extends Pick<GuardConfig, 'tiers' | 'seed' | 'edges' | 'short'> {
  /** The number of the first case; all those that are known from the past come before number 0. */
  readonly first?: number
  readonly cases: number
}

export async function guard({ tiers, seed, first, cases, edges = false, short }: GuardOptions): Promise<Outcome> {
  const failures: string[] = []
  const ran: Record<string, number> = {}
  const end = (first ?? 0) + cases
  for (let from = first ?? -PAST.length; from < end && failures.length < MOST; ) {
    const count = Math.min(AT_ONCE, end - from)
    const config: GuardConfig = { tiers, seed, from, count, edges, ...(short === undefined ? {} : { short }) }
    const flags = tiers.includes('paired') ? ['--experimental-wasm-revectorize'] : []
    const ended = await runChild('guard', config, { flags, seconds: 1800 })
    const nothing = unloaded(ended)
    if (nothing !== null) return nothing
    const again = (index: number) =>
      `${edges ? 'edges' : 'guard'} --tiers ${tiers.join()} --seed ${seed} --first=${index} --descriptors 1`
    // One failure of each case: tiers and kernels mostly fail alike.
    const failed = new Map(ended.lines.filter(({ failed }) => failed !== undefined).map((line) => [line.failed as number, line]))
    for (const [index, line] of failed) failures.push(...failuresOf({ ...ended, lines: [line], code: 0 }, again(index)))
    for (const [name, times] of Object.entries((ended.lines.at(-1)?.ran ?? {}) as Record<string, number>)) {
      ran[name] = (ran[name] ?? 0) + times
    }
    from += count
    if (ended.code === 0) continue
    const { index, text } = crash(ended, config)
    failures.push(`case ${index} ${text}${repeat(again(index))}`)
    from = index + 1
  }
  const runs = Object.entries(ran).map(([name, times]) => `${name} ${times}`)
  return { summary: `${cases} convolutions on ${tiers.join(', ')}, runs: ${runs.join(', ')}; seed ${seed}`, failures }
}

/** The last thing that a child said before it crashed, and what its fault was. */
function crash(ended: Ended, { from, count }: GuardConfig): { index: number; text: string } {
  const at = ended.lines.findLast((line) => line.at !== undefined)
  const end = `ended with ${ended.signal ?? ended.code}: ${ended.noise}`
  if (at === undefined) return { index: from + count - 1, text: end }
  const functions = Object.assign({}, ...ended.lines.map((line) => line.functions ?? {})) as Scene['functions']
  const scene = { regions: at.regions as readonly Region[], functions }
  const what = ended.code === FAULT_EXIT ? tellFault(ended.fault, scene) : end
  return { index: at.at as number, text: `${at.name}: ${what}\n  ${at.text}` }
}
