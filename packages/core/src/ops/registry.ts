// The operators, by name, and the plan of one call.
import { WeftError } from '../errors.ts'
import { sizeOf } from '../tensor/shape.ts'
import { argMax, argMin } from './arg-reduce.ts'
import { batchNorm, batchNormTraining, instanceNorm } from './batch-norm.ts'
import { BINARY } from './binary.ts'
import { cast } from './cast.ts'
import { concat, split } from './concat.ts'
import { dropout } from './dropout.ts'
import { fill, range } from './fill.ts'
import { gather } from './gather.ts'
import { gemm } from './gemm.ts'
import { layerNorm } from './layer-norm.ts'
import { lrn } from './lrn.ts'
import { matMul } from './matmul.ts'
import { maxPoolPlaces } from './max-pool-places.ts'
import { nonMaxSuppression } from './non-max-suppression.ts'
import type { Op, OpParams, OpPlan, ValueInfo } from './op.ts'
import { pad } from './pad.ts'
import { averagePool, lpPool, maxPool } from './pool.ts'
import { REDUCE } from './reduce.ts'
import { expand, tile } from './repeat.ts'
import { resize } from './resize.ts'
import { slice } from './slice.ts'
import { logSoftmax, softmax } from './softmax.ts'
import { topK } from './top-k.ts'
import { depthToSpace, spaceToDepth, transpose } from './transpose.ts'
import { UNARY } from './unary.ts'
import { VARIADIC } from './variadic.ts'
import { where } from './where.ts'

export const OPS: readonly Op[] = [
  ...UNARY,
  ...BINARY,
  ...VARIADIC,
  ...REDUCE,
  argMax,
  argMin,
  averagePool,
  batchNorm,
  batchNormTraining,
  cast,
  concat,
  depthToSpace,
  dropout,
  expand,
  fill,
  gather,
  gemm,
  instanceNorm,
  layerNorm,
  logSoftmax,
  lpPool,
  lrn,
  matMul,
  maxPool,
  maxPoolPlaces,
  nonMaxSuppression,
  pad,
  range,
  resize,
  slice,
  softmax,
  spaceToDepth,
  split,
  tile,
  topK,
  transpose,
  where,
]

const BY_NAME = new Map(OPS.map((op) => [op.name, op]))

/** @throws OPTION for a name that is not in the registry. */
export function opNamed(name: string): Op {
  const op = BY_NAME.get(name)
  if (op === undefined)
    throw new WeftError('OPTION', `operator '${name}' is unknown; there are ${[...BY_NAME.keys()].join(', ')}`)
  return op
}

/** Plans a call. @throws OPTION for an unknown name, what the operator's `infer` throws, TOO_LARGE for an output past the limit. */
export function planOp(name: string, inputs: readonly (ValueInfo | null)[], params: OpParams = {}): OpPlan {
  const outputs = opNamed(name).infer(inputs, params)
  for (const { shape } of outputs) sizeOf(shape)
  return { op: name, inputs, outputs, params }
}
