// The same numbers again: expand (axes of 1 repeated) and tile (whole axes repeated).
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, stridesOf } from '../tensor/shape.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { given, needed } from './inputs.ts'
import { copyVector } from './map-vector.ts'
import type { Op, OpPlan, ValueInfo } from './op.ts'
import { stridedCopy, type View } from './strided.ts'

/** To what the input's shape and `shape` broadcast to together. */
export const expand: Op<{ readonly shape: readonly number[] }> = {
  name: 'expand',
  infer(inputs, { shape }) {
    const x = needed('expand', inputs, 0)
    return [{ dtype: x.dtype, shape: broadcastShape('expand', [x.shape, shape]) }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    const { shape } = plan.outputs[0]
    stridedCopy(shape, expandView(plan), out, given(inputs, 0), ...elementsOf(out.length, begin, end))
  },
  vector: (plan, traits) => copyVector(plan, plan.outputs[0].shape, expandView(plan), traits),
}

function expandView(plan: OpPlan): View {
  return broadcastView((plan.inputs[0] as ValueInfo).shape, plan.outputs[0].shape)
}

/** Axis i comes repeats[i] times. */
export const tile: Op<{ readonly repeats: readonly number[] }> = {
  name: 'tile',
  infer(inputs, { repeats }) {
    const x = needed('tile', inputs, 0)
    if (repeats.length !== x.shape.length || !repeats.every((count) => Number.isInteger(count) && count >= 0)) {
      throw new WeftError(
        'SHAPE',
        `tile: ${formatShape(repeats)} does not say how often each axis of ${formatShape(x.shape)} comes`,
      )
    }
    return [{ dtype: x.dtype, shape: x.shape.map((extent, axis) => extent * repeats[axis]) }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    const shape: Shape = (plan.inputs[0] as ValueInfo).shape
    const own = stridesOf(shape)
    const pairs = shape.flatMap((extent, axis) => [plan.params.repeats[axis], extent])
    const view = { base: 0, strides: own.flatMap((stride) => [0, stride]) }
    stridedCopy(pairs, view, out, given(inputs, 0), ...elementsOf(out.length, begin, end))
  },
}
