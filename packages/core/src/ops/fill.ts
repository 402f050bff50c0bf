// Values without inputs: one number everywhere, and numbers in even steps.
import { blocksOf, elementsOf } from './blocks.ts'
import type { Op, OpDType } from './op.ts'

export type FillParams = { readonly shape: readonly number[]; readonly dtype: OpDType; readonly value: number }

export const fill: Op<FillParams> = {
  name: 'fill',
  infer: (_, { dtype, shape }) => [{ dtype, shape }],
  units: (plan) => blocksOf(plan),
  run({ params }, _, [out], begin, end) {
    out.fill(params.value, ...elementsOf(out.length, begin, end))
  },
}

export type RangeParams = { readonly start: number; readonly step: number; readonly count: number; readonly dtype: OpDType }

/** start, start + step, start + 2 step ... */
export const range: Op<RangeParams> = {
  name: 'range',
  infer: (_, { dtype, count }) => [{ dtype, shape: [count] }],
  units: (plan) => blocksOf(plan),
  run({ params }, _, [out], begin, end) {
    const [first, last] = elementsOf(out.length, begin, end)
    for (let i = first; i < last; i++) out[i] = params.start + i * params.step
  },
}
