// Every step-th entry of each axis, forwards or backwards.
import { WeftError } from '../errors.ts'
import { formatShape, stridesOf } from '../tensor/shape.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { given, needed } from './inputs.ts'
import { copyVector } from './map-vector.ts'
import type { Op, OpPlan, ValueInfo } from './op.ts'
import { stridedCopy, type View } from './strided.ts'

/** For each axis of the input: the first index, how far to the next (not 0), and how many. */
export type SliceParams = {
  readonly start: readonly number[]
  readonly step: readonly number[]
  readonly count: readonly number[]
}

export const slice: Op<SliceParams> = {
  name: 'slice',
  infer(inputs, { start, step, count }) {
    const { dtype, shape } = needed('slice', inputs, 0)
    const fits =
      [start, step, count].every((list) => list.length === shape.length) &&
      shape.every((extent, axis) => {
        const last = start[axis] + (count[axis] - 1) * step[axis]
        return count[axis] === 0 || (start[axis] >= 0 && start[axis] < extent && last >= 0 && last < extent)
      })
    if (!fits) {
      throw new WeftError(
        'SHAPE',
        `slice: ${formatShape(count)} entries from ${formatShape(start)} in steps of ${formatShape(step)} are not all in ${formatShape(shape)}`,
      )
    }
    return [{ dtype, shape: count }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    stridedCopy(plan.params.count, viewOf(plan), out, given(inputs, 0), ...elementsOf(out.length, begin, end))
  },
  vector: (plan, traits) => copyVector(plan, plan.params.count, viewOf(plan), traits),
}

function viewOf({ params, inputs }: OpPlan<SliceParams>): View {
  const own = stridesOf((inputs[0] as ValueInfo).shape)
  const base = params.start.reduce((sum, index, axis) => sum + index * own[axis], 0)
  return { base, strides: own.map((stride, axis) => stride * params.step[axis]) }
}
