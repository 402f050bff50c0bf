// Chains and operators made at random: guarded memory, registers, results and bits, on all tiers one beside the other.
import type { WorksConfig } from '../children/works.ts'
import { FAULT_EXIT, type Scene, tellFault } from '../fault.ts'
import type { Region } from '../guarded.ts'
import { runChild } from '../spawn.ts'
import { failuresOf, type Outcome, unloaded } from './part.ts'

/** Works a child: it says where it is before each run, and all of that is kept. */
const AT_ONCE = 400

export interface WorksOptions extends Pick<WorksConfig, 'kind' | 'tiers' | 'seed'> {
  readonly first?: number
  readonly cases: number
}

export async function works({ kind, tiers, seed, first = 0, cases }: WorksOptions): Promise<Outcome> {
  const failures: string[] = []
  let [runs, calls] = [0, 0]
  for (let from = first; from < first + cases && failures.length === 0; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, first + cases - from)
    const config: WorksConfig = { kind, tiers, seed, from, count }
    const ended = await runChild('works', config, { flags: ['--experimental-wasm-revectorize'], seconds: 1800 })
    const nothing = unloaded(ended)
    if (nothing !== null) return nothing
    const again = `${kind} --tiers ${tiers.join()} --seed ${seed} --first=${from} --descriptors ${count}`
    failures.push(...failuresOf(ended, again))
    const at = ended.lines.findLast((line) => line.at !== undefined)
    if (ended.code === FAULT_EXIT && at !== undefined) {
      const functions = Object.assign({}, ...ended.lines.map((line) => line.functions ?? {})) as Scene['functions']
      failures.push(tellFault(ended.fault, { regions: at.regions as readonly Region[], functions }))
    }
    const done = ended.lines.at(-1) as { runs?: number; calls?: number } | undefined
    runs += done?.runs ?? 0
    calls += done?.calls ?? 0
  }
  const summary = `${cases} ${kind} on ${tiers.join(', ')}: ${runs} runs, ${calls} calls with sentinels; seed ${seed}`
  return { summary, failures }
}
