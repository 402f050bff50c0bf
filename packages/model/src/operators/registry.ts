// Every ONNX operator that there is an adapter for.
import { binary, variadic, where } from './binary.ts'
import { cast } from './cast.ts'
import { nonMaxSuppression, topK } from './choose.ts'
import { clip } from './clip.ts'
import { concat, split } from './concat.ts'
import { conv } from './conv.ts'
import { dropout } from './dropout.ts'
import { constant, constantOfShape, range, shape, size } from './known.ts'
import { gemm, matMul } from './matmul.ts'
import { depthToSpace, expand, gather, spaceToDepth, tile, transpose } from './move.ts'
import { batchNormalization, instanceNormalization, layerNormalization, lrn } from './normalise.ts'
import type { Operator } from './operator.ts'
import { pad } from './pad.ts'
import { averagePool, globalPool, lpPool, maxPool } from './pool.ts'
import { arg, reduce } from './reduce.ts'
import { flatten, identity, reshape, squeeze, unsqueeze } from './reshape.ts'
import { resize } from './resize.ts'
import { slice } from './slice.ts'
import { softmax } from './softmax.ts'
import { gelu, swish, unary } from './unary.ts'

const OPERATORS: readonly Operator[] = [
  arg,
  averagePool,
  batchNormalization,
  binary,
  cast,
  clip,
  concat,
  constant,
  constantOfShape,
  conv,
  depthToSpace,
  dropout,
  expand,
  flatten,
  gather,
  gelu,
  gemm,
  globalPool,
  identity,
  instanceNormalization,
  layerNormalization,
  lpPool,
  lrn,
  matMul,
  maxPool,
  nonMaxSuppression,
  pad,
  range,
  reduce,
  reshape,
  resize,
  shape,
  size,
  slice,
  softmax,
  spaceToDepth,
  split,
  squeeze,
  swish,
  tile,
  topK,
  transpose,
  unary,
  unsqueeze,
  variadic,
  where,
]

const BY_TYPE = new Map(OPERATORS.flatMap((operator) => operator.opTypes.map((type) => [type, operator] as const)))

export const OPERATOR_TYPES: readonly string[] = [...BY_TYPE.keys()]

/** Operators that took other inputs or attributes in older opsets, and the first opset that their adapters read. */
const FIRST_OPSET = new Map([
  ['Cast', 6],
  ['Concat', 4],
  ['LpPool', 2],
  ['Pad', 2],
  ['Reshape', 5],
  ['Split', 2],
  ['Tile', 6],
  ...['Add', 'And', 'BatchNormalization', 'Div', 'Dropout', 'Equal', 'Gemm', 'Greater', 'Less'].map((type) => [type, 7] as const),
  ...['Mul', 'Or', 'PRelu', 'Pow', 'Sub', 'Upsample', 'Xor'].map((type) => [type, 7] as const),
])

export function firstOpset(opType: string): number {
  return FIRST_OPSET.get(opType) ?? 1
}

/** The adapter of an operator of ONNX's own domain. */
export function operatorOf(opType: string, domain: string): Operator | undefined {
  return domain === '' || domain === 'ai.onnx' ? BY_TYPE.get(opType) : undefined
}
