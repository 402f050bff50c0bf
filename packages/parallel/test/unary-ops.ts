// Operators of one input that have a vector path, and how far it may be from the operator's own way: a part of the number, or of 1.
import type { OpParams } from '@weft/core'

export const UNARY: readonly [op: string, params: OpParams, error: number][] = [
  ['relu', {}, 0],
  ['neg', {}, 0],
  ['leakyRelu', { a: 0.25 }, 0],
  ['leakyRelu', { a: 0 }, 0],
  ['clip', { a: -0.5, b: 0.75 }, 0],
  ['hardSigmoid', { a: 0.25, b: 0.5 }, 1e-7],
  ['hardSwish', {}, 3e-7],
  ['sigmoid', {}, 3e-7],
  ['silu', {}, 3e-6],
  ['tanh', {}, 4e-7],
  ['erf', {}, 4e-7],
  ['gelu', {}, 1e-6],
]
