// Batch normalisation: with stored statistics, or with those of the batch itself.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import { expectDtype, expectRank, given, needed } from './inputs.ts'
import { normVector } from './norm-vector.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'

/** Inputs of both: x (n, c, ...), then scale, shift, mean, variance, each (c). */
export type BatchNormParams = { readonly epsilon: number }

/** (x - mean) / sqrt(variance + epsilon) * scale + shift; a unit is a plane. */
export const batchNorm: Op<BatchNormParams> = {
  name: 'batchNorm',
  infer: (inputs) => [checked('batchNorm', inputs)],
  units: (plan) => plan.outputs[0].shape[0] * channelsOf(plan.outputs[0].shape),
  run(plan, inputs, [out], begin, end) {
    const { shape } = plan.outputs[0]
    const [x, scale, shift, mean, variance] = inputs as readonly OpStorage[]
    const plane = sizeOf(shape.slice(2))
    for (let unit = begin; unit < end; unit++) {
      const channel = unit % channelsOf(shape)
      const factor = scale[channel] / Math.sqrt(variance[channel] + plan.params.epsilon)
      affine(out, x, unit * plane, plane, factor, shift[channel] - mean[channel] * factor)
    }
  },
}

/** `momentum`: what the running statistics keep of their old value. */
export type BatchNormTrainingParams = BatchNormParams & { readonly momentum: number }

/** Normalises by the batch's own statistics; also gives the new running mean and variance. A unit is a channel. */
export const batchNormTraining: Op<BatchNormTrainingParams> = {
  name: 'batchNormTraining',
  infer(inputs) {
    const x = checked('batchNormTraining', inputs)
    return [x, needed('batchNormTraining', inputs, 3), needed('batchNormTraining', inputs, 4)]
  },
  units: (plan) => channelsOf(plan.outputs[0].shape),
  run({ params, outputs: infos }, inputs, [out, newMean, newVariance], begin, end) {
    const { shape } = infos[0]
    const [batch, channels, plane] = [shape[0], channelsOf(shape), sizeOf(shape.slice(2))]
    const [x, scale, shift, mean, variance] = inputs as readonly OpStorage[]
    for (let channel = begin; channel < end; channel++) {
      const starts = Array.from({ length: batch }, (_, n) => (n * channels + channel) * plane)
      const own = moments(x, starts, plane)
      const factor = scale[channel] / Math.sqrt(own.variance + params.epsilon)
      for (const at of starts) affine(out, x, at, plane, factor, shift[channel] - own.mean * factor)
      newMean[channel] = mean[channel] * params.momentum + own.mean * (1 - params.momentum)
      newVariance[channel] = variance[channel] * params.momentum + own.variance * (1 - params.momentum)
    }
  },
}

/** Inputs: x (n, c, ...), scale (c), shift (c). Each plane is normalised by its own statistics; a unit is a plane. */
export const instanceNorm: Op<BatchNormParams> = {
  name: 'instanceNorm',
  infer: (inputs) => [checked('instanceNorm', inputs, 3)],
  units: (plan) => plan.outputs[0].shape[0] * channelsOf(plan.outputs[0].shape),
  vector({ outputs: [{ shape }], params: { epsilon } }, traits) {
    const [count, size] = [sizeOf(shape.slice(0, 2)), sizeOf(shape.slice(2))]
    return normVector({ count, size, epsilon, channels: channelsOf(shape), statistics: false }, traits)
  },
  run({ params, outputs }, inputs, [out], begin, end) {
    const { shape } = outputs[0]
    const plane = sizeOf(shape.slice(2))
    const x = given(inputs, 0)
    for (let unit = begin; unit < end; unit++) {
      const channel = unit % channelsOf(shape)
      const own = moments(x, [unit * plane], plane)
      const factor = given(inputs, 1)[channel] / Math.sqrt(own.variance + params.epsilon)
      affine(out, x, unit * plane, plane, factor, given(inputs, 2)[channel] - own.mean * factor)
    }
  },
}

function channelsOf(shape: Shape): number {
  return shape[1] ?? 1
}

function checked(op: string, inputs: readonly (ValueInfo | null)[], count = 5): ValueInfo {
  const x = needed(op, inputs, 0)
  expectDtype(op, x, 'float32')
  expectRank(op, x.shape, 1)
  for (let index = 1; index < count; index++) {
    const { shape } = needed(op, inputs, index)
    if (sizeOf(shape) !== channelsOf(x.shape)) {
      throw new WeftError(
        'SHAPE',
        `${op}: input ${index} is ${formatShape(shape)}; x ${formatShape(x.shape)} needs ${channelsOf(x.shape)}`,
      )
    }
  }
  return x
}

/** out = x * factor + shift over `count` elements. */
function affine(out: OpStorage, x: OpStorage, at: number, count: number, factor: number, shift: number): void {
  for (const end = at + count; at < end; at++) out[at] = x[at] * factor + shift
}

/** Mean and variance (of the whole population) of runs of `count` elements. */
export function moments(x: OpStorage, starts: readonly number[], count: number): { mean: number; variance: number } {
  const size = starts.length * count
  let sum = 0
  for (const start of starts) for (let at = start; at < start + count; at++) sum += x[at]
  const mean = sum / size
  let squares = 0
  for (const start of starts) for (let at = start; at < start + count; at++) squares += (x[at] - mean) ** 2
  return { mean, variance: squares / size }
}
