// Local response normalisation: each pixel by the squares of its neighbours in other channels.
import { sizeOf } from '../tensor/shape.ts'
import { expectDtype, expectRank, given, needed } from './inputs.ts'
import type { Op } from './op.ts'

/** `size` channels make a neighbourhood: floor((size - 1) / 2) before, the rest after. */
export type LrnParams = { readonly size: number; readonly alpha: number; readonly beta: number; readonly bias: number }

/** x / (bias + alpha / size * sum of squares) ^ beta (Krizhevsky et al. 2012, section 3.3). A unit is a plane. */
export const lrn: Op<LrnParams> = {
  name: 'lrn',
  infer(inputs) {
    const x = needed('lrn', inputs, 0)
    expectDtype('lrn', x, 'float32')
    expectRank('lrn', x.shape, 2)
    return [x]
  },
  units: ({ outputs: [{ shape }] }) => shape[0] * shape[1],
  run({ params, outputs: [{ shape }] }, inputs, [out], begin, end) {
    const [channels, plane] = [shape[1], sizeOf(shape.slice(2))]
    const x = given(inputs, 0)
    const sums = new Float64Array(plane)
    for (let unit = begin; unit < end; unit++) {
      const channel = unit % channels
      const before = Math.min(channel, Math.floor((params.size - 1) / 2))
      const after = Math.min(channels - 1 - channel, Math.ceil((params.size - 1) / 2))
      sums.fill(0)
      for (let other = unit - before; other <= unit + after; other++) {
        for (let i = 0, at = other * plane; i < plane; i++, at++) sums[i] += x[at] * x[at]
      }
      for (let i = 0, at = unit * plane; i < plane; i++, at++) {
        out[at] = x[at] * (params.bias + (params.alpha / params.size) * sums[i]) ** -params.beta
      }
    }
  },
}
