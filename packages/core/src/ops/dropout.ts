// Dropout: numbers kept at random and scaled up, the others 0.
import { WeftError } from '../errors.ts'
import { expectDtype, given, needed } from './inputs.ts'
import { mersenneTwister } from './mersenne-twister.ts'
import type { Op } from './op.ts'

/** Each number is dropped with the probability `ratio`, by the random numbers of `seed`. */
export type DropoutParams = { readonly ratio: number; readonly seed: number }

/** Outputs: the numbers, and which are kept (bool). The random numbers come one after the other, so there is one unit. */
export const dropout: Op<DropoutParams> = {
  name: 'dropout',
  infer(inputs, { ratio, seed }) {
    const x = needed('dropout', inputs, 0)
    expectDtype('dropout', x, 'float32')
    if (!(ratio >= 0 && ratio < 1) || !Number.isInteger(seed)) {
      throw new WeftError('OPTION', `dropout: ratio ${ratio} must be at least 0 and below 1, and seed ${seed} a whole number`)
    }
    return [x, { dtype: 'bool', shape: x.shape }]
  },
  units: () => 1,
  run({ params: { ratio, seed } }, inputs, [out, kept], begin, end) {
    if (begin >= end) return
    const x = given(inputs, 0)
    const scale = 1 / (1 - ratio)
    const next = mersenneTwister(seed)
    for (let i = 0; i < out.length; i++) {
      kept[i] = next() >= ratio ? 1 : 0
      out[i] = kept[i] * x[i] * scale
    }
  },
}
