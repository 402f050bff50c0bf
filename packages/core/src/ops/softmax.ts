// Softmax and its logarithm over neighbouring axes.
import { WeftError } from '../errors.ts'
import { formatShape, sizeOf } from '../tensor/shape.ts'
import { exp } from './exp.ts'
import { expectDtype, given, needed } from './inputs.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'
import { rowsOf, rowUnits } from './rows.ts'

/** The sums go over axes [begin, end) together. */
export type SoftmaxParams = { readonly begin: number; readonly end: number }

export const softmax = normalised('softmax', (out, x, base, stride, count, most) => {
  let sum = 0
  for (let i = 0, at = base; i < count; i++, at += stride) {
    out[at] = exp(x[at] - most)
    sum += out[at]
  }
  const scale = 1 / sum
  for (let i = 0, at = base; i < count; i++, at += stride) out[at] *= scale
})

export const logSoftmax = normalised('logSoftmax', (out, x, base, stride, count, most) => {
  let sum = 0
  for (let i = 0, at = base; i < count; i++, at += stride) sum += exp(x[at] - most)
  const shift = most + Math.log(sum)
  for (let i = 0, at = base; i < count; i++, at += stride) out[at] = x[at] - shift
})

/** One line of `count` elements, `stride` apart, whose maximum is `most`. */
type Line = (out: OpStorage, x: OpStorage, base: number, stride: number, count: number, most: number) => void

function normalised(name: string, line: Line): Op<SoftmaxParams> {
  return {
    name,
    infer(inputs, { begin, end }) {
      const x = needed(name, inputs, 0)
      expectDtype(name, x, 'float32')
      if (begin < 0 || end < begin || end > x.shape.length) {
        throw new WeftError('SHAPE', `${name}: axes ${begin} to ${end} are not all in ${formatShape(x.shape)}`)
      }
      return [x]
    },
    units: (plan) => rowUnits(lines(plan.outputs[0], plan.params)),
    run(plan, inputs, [out], begin, end) {
      const x = given(inputs, 0)
      const shape = lines(plan.outputs[0], plan.params)
      const [, inner, count] = shape
      const [first, last] = rowsOf(shape, begin, end)
      for (let at = first; at < last; at++) {
        const base = Math.floor(at / inner) * inner * count + (at % inner)
        let most = Number.NEGATIVE_INFINITY
        for (let i = 0, from = base; i < count; i++, from += inner) most = Math.max(most, x[from])
        line(out, x, base, inner, count, most)
      }
    },
  }
}

/** Lines before and after the summed axes, and the length of one. */
function lines({ shape }: ValueInfo, { begin, end }: SoftmaxParams): [outer: number, inner: number, count: number] {
  return [sizeOf(shape.slice(0, begin)), sizeOf(shape.slice(end)), sizeOf(shape.slice(begin, end))]
}
