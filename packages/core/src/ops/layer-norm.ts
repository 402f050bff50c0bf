// Layer normalisation: every row over the last axes by its own statistics.
import { sizeOf } from '../tensor/shape.ts'
import { moments } from './batch-norm.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { axisOf, expectDtype, given, needed } from './inputs.ts'
import { normVector } from './norm-vector.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'
import { stridedCopy } from './strided.ts'

export type LayerNormParams = { readonly axis: number; readonly epsilon: number }

/**
 * Inputs: x, scale, shift or null, which broadcast to the axes from `axis` on. Outputs: y, then the mean and the inverse
 * standard deviation of each row, with axes of 1. A unit is a row.
 */
export const layerNorm: Op<LayerNormParams> = {
  name: 'layerNorm',
  infer(inputs, { axis: named }) {
    const x = needed('layerNorm', inputs, 0)
    expectDtype('layerNorm', x, 'float32')
    const axis = axisOf('layerNorm', named, x.shape.length)
    for (const info of [needed('layerNorm', inputs, 1), inputs[2] ?? null]) {
      if (info !== null) broadcastShape('layerNorm', [x.shape.slice(axis), info.shape])
    }
    const statistics: ValueInfo = { dtype: 'float32', shape: x.shape.map((extent, i) => (i < axis ? extent : 1)) }
    return [x, statistics, statistics]
  },
  units: (plan) => sizeOf(plan.outputs[1].shape),
  vector({ inputs, outputs, params }, traits) {
    const count = sizeOf(outputs[1].shape)
    const size = sizeOf(outputs[0].shape) / count
    if (![inputs[1], inputs[2]].every((info) => info && sizeOf(info.shape) === size)) return null
    return normVector({ count, size, epsilon: params.epsilon, channels: 0, statistics: true }, traits)
  },
  run(plan, inputs, [out, means, inverses], begin, end) {
    const { shape } = plan.outputs[0]
    const rowShape = shape.slice(axisOf('layerNorm', plan.params.axis, shape.length))
    const size = sizeOf(rowShape)
    const scale = spread(plan.inputs[1], inputs[1], rowShape, 1)
    const shift = spread(plan.inputs[2], inputs[2], rowShape, 0)
    const x = given(inputs, 0)
    for (let row = begin; row < end; row++) {
      const base = row * size
      const { mean, variance } = moments(x, [base], size)
      const inverse = 1 / Math.sqrt(variance + plan.params.epsilon)
      for (let i = 0; i < size; i++) out[base + i] = (x[base + i] - mean) * inverse * scale[i] + shift[i]
      means[row] = mean
      inverses[row] = inverse
    }
  },
}

/** A parameter as one number for each element of a row. */
function spread(
  info: ValueInfo | null | undefined,
  data: OpStorage | null | undefined,
  shape: readonly number[],
  absent: number,
): OpStorage {
  const size = sizeOf(shape)
  if (!info || !data) return new Float32Array(size).fill(absent)
  if (data.length === size) return data
  const spread = new Float32Array(size)
  stridedCopy(shape, broadcastView(info.shape, shape), spread, data, 0, size)
  return spread
}
