// The direct kernel: any rank, stride, dilation, groups and padding, transposed too; no im2col.

import { copyFunction } from './copy.ts'
import { computer, epiloguesOf } from './direct/compute.ts'
import { packDirect } from './direct/pack.ts'
import { type DirectPlan, planDirect } from './direct/plan.ts'
import { checkReach } from './direct/reach.ts'
import { stageFunctions, stager } from './direct/stage.ts'
import { estimateDirect } from './estimate/direct.ts'
import type { Kernel } from './kernel.ts'
import { panelFunction } from './panel.ts'
import { unitAt } from './range.ts'
import { tileFunction } from './tile.ts'
import { shapeOf } from './tiling.ts'

/**
 * Sums products straight from the picture. Rows are computed as one flat line over the pitch of the staged planes, so a
 * vector may span rows; what falls between rows is dropped when the line is copied to its place.
 */
export const direct: Kernel<DirectPlan> = {
  name: 'f32-direct',
  error: 1e-5,

  refuses: (_, traits) => (traits.lanes === 1 ? 'the scalar tier has no vectors' : null),

  order: () => 'direct',
  estimate: estimateDirect,

  plan(d, traits) {
    const plan = planDirect(d, traits)
    checkReach(plan)
    return plan
  },

  costs(plan, step) {
    if (plan.steps[step].name === 'stage') return new Float64Array(plan.steps[step].units).fill(1)
    return Float64Array.from({ length: plan.steps[step].units }, (_, unit) => {
      const at = unitAt(unit, plan.grid)
      const block = plan.blocks[at.block]
      const { rows } = plan.tiles[at.tile]
      return Math.ceil(block.pixels / plan.traits.lanes) * rows * (block.products + 4)
    })
  },

  functions(plan) {
    const shapes = [...new Set(plan.tiles.map((tile) => tile.rows))].map((rows) => shapeOf(rows, plan.traits))
    const { inPlace, inLine, atCopy } = epiloguesOf(plan.descriptor)
    return [
      ...shapes.map((shape) => tileFunction(shape, inPlace)),
      ...(inLine === inPlace ? [] : shapes.map((shape) => tileFunction(shape, inLine))),
      copyFunction(atCopy),
      ...(plan.panel === null ? [] : [panelFunction(plan.panel)]),
      ...(plan.layout.staged ? stageFunctions(plan) : []),
    ]
  },

  pack: packDirect,

  runner(plan, code, memory) {
    const compute = computer(plan, code, memory)
    if (!plan.layout.staged) return (_, begin, end, at, cancelled) => compute(begin, end, at, cancelled)
    const stage = stager(plan, code, new Int32Array(memory))
    return (step, begin, end, at, cancelled) => (step === 0 ? stage : compute)(begin, end, at, cancelled)
  },
}
