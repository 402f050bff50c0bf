// Entries of an axis by their numbers.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { axisOf, expectDtype, given, needed } from './inputs.ts'
import type { Op, OpPlan, ValueInfo } from './op.ts'
import { copyRun } from './strided.ts'

export type GatherParams = { readonly axis: number }

/** Inputs: data, and indices (int64 or int32; -1 is the last entry), whose axes take the place of `axis`. */
export const gather: Op<GatherParams> = {
  name: 'gather',
  infer(inputs, { axis: given }) {
    const [data, indices] = [needed('gather', inputs, 0), needed('gather', inputs, 1)]
    expectDtype('gather', indices, 'int64', 'int32')
    const axis = axisOf('gather', given, data.shape.length)
    return [{ dtype: data.dtype, shape: [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)] }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    const [data, indices] = [given(inputs, 0), given(inputs, 1)]
    const { extent, inner } = around(plan)
    const [first, last] = elementsOf(out.length, begin, end)
    for (let at = first; at < last; ) {
      const run = Math.floor(at / inner)
      const [outer, which] = [Math.floor(run / indices.length), run % indices.length]
      const index = entry(indices[which], extent, plan)
      const within = at - run * inner
      const count = Math.min(inner - within, last - at)
      copyRun(out, at, data, (outer * extent + index) * inner + within, 1, count)
      at += count
    }
  },
}

function around({ inputs, params }: OpPlan<GatherParams>): { extent: number; inner: number } {
  const { shape } = inputs[0] as ValueInfo
  const axis = axisOf('gather', params.axis, shape.length)
  return { extent: shape[axis], inner: sizeOf(shape.slice(axis + 1)) }
}

function entry(index: number, extent: number, { inputs, params }: OpPlan<GatherParams>): number {
  if (!(index >= -extent && index < extent)) {
    const shape: Shape = (inputs[0] as ValueInfo).shape
    throw new WeftError('SHAPE', `gather: there is no entry ${index} on axis ${params.axis} of ${formatShape(shape)}`, { index })
  }
  return index < 0 ? index + extent : index
}
