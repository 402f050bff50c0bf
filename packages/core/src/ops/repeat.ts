// The same numbers again: expand (axes of 1 repeated) and tile (whole axes repeated).
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, stridesOf } from '../tensor/shape.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { given, needed } from './inputs.ts'
import type { Op, ValueInfo } from './op.ts'
import { stridedCopy } from './strided.ts'

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
    const view = broadcastView((plan.inputs[0] as ValueInfo).shape, shape)
    stridedCopy(shape, view, out, given(inputs, 0), ...elementsOf(out.length, begin, end))
  },
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
