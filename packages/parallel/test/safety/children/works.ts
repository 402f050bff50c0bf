// Random chains or operators on tiers of machine code and WebAssembly: in guarded memory, registers given back, right to the bit.
import { TIERS, type TierName } from '@weft/core'
import { native } from '../../../src/native/native.ts'
import { picker } from '../cases.ts'
import { tellFaults } from '../fault.ts'
import { CONTROL, GuardedMemory } from '../guarded.ts'
import { KernelRunner } from '../kernel-run.ts'
import { configuration, say } from '../say.ts'
import { guardCalls } from '../sentinels.ts'
import { Watch } from '../watch.ts'
import { type RandomWork, WORKS } from '../works.ts'

export interface WorksConfig {
  readonly kind: keyof typeof WORKS
  readonly tiers: readonly TierName[]
  readonly seed: number
  readonly from: number
  readonly count: number
}

/** Workers that plans are made for. */
const WORKERS = [1, 2, 3, 7]

const { kind, tiers, seed, from, count } = configuration<WorksConfig>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const ground = new GuardedMemory(here.addon)
  const call = guardCalls(here.addon, ground.memory, CONTROL + 1024, tiers.includes('amx'))
  const runners = tiers.map((tier) => {
    const watch = TIERS[tier].kind === 'native' ? new Watch(call, ground, TIERS[tier].traits) : null
    return { tier, watch, runner: new KernelRunner(tier, ground, here.addon, watch?.wrap) }
  })
  if (runners.every(({ watch }) => watch !== null)) tellFaults(here.addon, ground.memory)
  let runs = 0
  for (let index = from; index < from + count; index++) check(WORKS[kind](seed, index))
  const calls = runners.reduce((sum, { watch }) => sum + (watch?.calls ?? 0), 0)
  say({ done: count, runs, calls })

  function check({ index, text, operands, on, wrong }: RandomWork): void {
    const pick = picker(seed, index)
    const workers = WORKERS[pick(0, WORKERS.length - 1)]
    for (const { tier, watch, runner } of runners) {
      let name = tier as string
      try {
        const work = on(tier, workers)
        if (work === null) continue
        watch?.expect(work)
        for (const flush of ['end', 'begin'] as const) {
          name = `${tier} for ${workers} workers, flush to the ${flush}`
          const ready = () => {
            const functions = runner.newFunctions()
            if (functions !== null) say({ functions })
            say({ at: index, name, text, regions: ground.regions })
          }
          const fault = wrong(runner.run(work, operands, { flush, pick, ready }), tier)
          if (fault !== null) throw new Error(fault)
          runs++
        }
      } catch (error) {
        say({ failed: index, name, text, why: error instanceof Error ? error.message : String(error) })
      }
    }
  }
}
