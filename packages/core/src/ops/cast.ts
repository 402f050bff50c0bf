// Numbers of one type as another.
import { blocksOf, elementsOf } from './blocks.ts'
import { given, needed } from './inputs.ts'
import type { Op, OpDType } from './op.ts'

export type CastParams = { readonly to: OpDType }

/** To whole numbers by cutting towards 0, to bool by "is not 0". Storing into bytes and 32 bits cuts by itself. */
export const cast: Op<CastParams> = {
  name: 'cast',
  infer: (inputs, { to }) => [{ dtype: to, shape: needed('cast', inputs, 0).shape }],
  units: (plan) => blocksOf(plan),
  run({ params }, inputs, [out], begin, end) {
    const x = given(inputs, 0)
    const [first, last] = elementsOf(out.length, begin, end)
    if (params.to === 'bool') for (let i = first; i < last; i++) out[i] = x[i] !== 0 ? 1 : 0
    else if (params.to === 'int64') for (let i = first; i < last; i++) out[i] = Math.trunc(x[i])
    else out.set(x.subarray(first, last), first)
  },
}
