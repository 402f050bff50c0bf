// The broadcast kernel: lanes over output channels, so that no map is too small and no stride too large for full vectors.
import { packBroadcast } from './broadcast/pack.ts'
import { type BroadcastPlan, planBroadcast } from './broadcast/plan.ts'
import { checkReach } from './broadcast/reach.ts'
import { computer } from './broadcast/run.ts'
import { broadcastFunction } from './broadcast/tile.ts'
import { stageFunctions, stager } from './direct/stage.ts'
import { epilogueOf } from './epilogue.ts'
import { estimateBroadcast } from './estimate/broadcast.ts'
import type { Kernel } from './kernel.ts'
import { notPlain } from './plain.ts'
import { unitAt } from './range.ts'

const NAME = 'f32-broadcast'

/** Sums products in the order of the direct kernel, a vector of output channels at a time, and gives the same bits. */
export const broadcast: Kernel<BroadcastPlan> = {
  name: NAME,
  error: 1e-5,

  refuses(d, traits) {
    const perGroup = d.oc / d.groups
    if (d.residual && perGroup % 4 !== 0) return `a residual is added to 4 channels at once, and a group has ${perGroup}`
    return notPlain(d, traits)
  },

  order: () => 'direct',
  estimate: estimateBroadcast,

  plan(d, traits) {
    const plan = planBroadcast(NAME, d, traits)
    checkReach(plan)
    return plan
  },

  costs(plan, step) {
    if (plan.steps[step].name === 'stage') return new Float64Array(plan.steps[step].units).fill(1)
    return Float64Array.from({ length: plan.steps[step].units }, (_, unit) => {
      const { tile, block } = unitAt(unit, plan.grid)
      return plan.blocks[block].pixels * plan.channels[tile].vectors
    })
  },

  functions(plan) {
    const epilogue = epilogueOf(plan.descriptor)
    const vectors = [...new Set(plan.channels.map((channels) => channels.vectors))]
    const shapes = plan.blocks.flatMap((block) => block.tiles.map(({ shape }) => shape))
    const functions = shapes.flatMap((shape) => vectors.map((count) => broadcastFunction({ ...shape, vectors: count }, epilogue)))
    const distinct = new Map(functions.map((one) => [one.name, one])).values()
    return [...distinct, ...(plan.staged === null ? [] : stageFunctions(plan.staged))]
  },

  pack: packBroadcast,

  runner(plan, code, memory) {
    const compute = computer(plan, code, memory)
    if (plan.staged === null) return (_, begin, end, at, cancelled) => compute(begin, end, at, cancelled)
    const stage = stager(plan.staged, code, new Int32Array(memory))
    return (step, begin, end, at, cancelled) => (step === 0 ? stage : compute)(begin, end, at, cancelled)
  },
}
