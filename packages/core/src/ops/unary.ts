// Functions of one number, element by element: the activations, roundings and roots.
import { stridesOf } from '../tensor/shape.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { expectDtype, given, needed } from './inputs.ts'
import { mapVector } from './map-vector.ts'
import type { Op, OpDType, OpPlan, ValueInfo } from './op.ts'
import { UNARY_LOOPS, type UnaryLoop } from './unary-loops.ts'

/** Parameters of the functions that have some: the meanings of a and b are those of `UNARY_LOOPS`. */
export type UnaryParams = { readonly a?: number; readonly b?: number }

const NUMBERS: readonly OpDType[] = ['float32', 'int64', 'int32', 'uint8']
const DTYPES: Readonly<Record<string, readonly OpDType[]>> = {
  not: ['bool'],
  ...Object.fromEntries(['abs', 'neg', 'sign', 'relu', 'clip'].map((name) => [name, NUMBERS])),
}

export const UNARY: readonly Op[] = Object.entries(UNARY_LOOPS).map(([name, loop]) => unary(name, loop))

function unary(name: string, loop: UnaryLoop): Op {
  return {
    name,
    infer(inputs) {
      const x = needed(name, inputs, 0)
      expectDtype(name, x, ...(DTYPES[name] ?? ['float32']))
      return [x]
    },
    units: (plan) => blocksOf(plan),
    run({ params }: { params: UnaryParams }, inputs, [out], begin, end) {
      const [first, last] = elementsOf(out.length, begin, end)
      loop(out, given(inputs, 0), first, last, params.a ?? 0, params.b ?? 0)
    },
    vector({ inputs, params }: OpPlan<UnaryParams>, traits) {
      const { dtype, shape } = inputs[0] as ValueInfo
      const view = { base: 0, strides: stridesOf(shape) }
      return dtype === 'float32' ? mapVector(name, shape, [view], traits, { p: params.a, q: params.b }) : null
    },
  }
}
