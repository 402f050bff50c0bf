// The k largest or smallest entries along an axis, in their order, and their places.
import { WeftError } from '../errors.ts'
import { formatShape, sizeOf } from '../tensor/shape.ts'
import { axisOf, expectDtype, given, needed } from './inputs.ts'
import type { Op, ValueInfo } from './op.ts'

export type TopKParams = { readonly axis: number; readonly k: number; readonly largest: boolean }

/** Outputs: the entries, sorted, and their indices (int64). Among equals the first comes first. A unit is a line. */
export const topK: Op<TopKParams> = {
  name: 'topK',
  infer(inputs, { axis: named, k }) {
    const x = needed('topK', inputs, 0)
    expectDtype('topK', x, 'float32', 'int64', 'int32', 'uint8')
    const axis = axisOf('topK', named, x.shape.length)
    if (!Number.isInteger(k) || k < 0 || k > x.shape[axis]) {
      throw new WeftError('SHAPE', `topK: there are no ${k} entries on axis ${axis} of ${formatShape(x.shape)}`, { k })
    }
    const shape = x.shape.map((extent, i) => (i === axis ? k : extent))
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ]
  },
  units: ({ inputs, params }) => {
    const { outer, inner } = around(inputs[0] as ValueInfo, params.axis)
    return outer * inner
  },
  run({ inputs: infos, params }, inputs, [values, indices], begin, end) {
    const { extent, inner } = around(infos[0] as ValueInfo, params.axis)
    const x = given(inputs, 0)
    const sign = params.largest ? -1 : 1
    for (let line = begin; line < end; line++) {
      const [outer, within] = [Math.floor(line / inner), line % inner]
      const from = outer * extent * inner + within
      const order = Array.from({ length: extent }, (_, index) => index)
      order.sort((a, b) => sign * (x[from + a * inner] - x[from + b * inner]) || a - b)
      for (let i = 0; i < params.k; i++) {
        const at = (outer * params.k + i) * inner + within
        values[at] = x[from + order[i] * inner]
        indices[at] = order[i]
      }
    }
  },
}

function around({ shape }: ValueInfo, named: number): { outer: number; extent: number; inner: number } {
  const axis = axisOf('topK', named, shape.length)
  return { outer: sizeOf(shape.slice(0, axis)), extent: shape[axis], inner: sizeOf(shape.slice(axis + 1)) }
}
