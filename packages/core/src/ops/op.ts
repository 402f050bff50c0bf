// The contract of an operator that is no convolution: shapes, independent units, and one range of them.
import type { Shape } from '../tensor/shape.ts'

export type OpDType = 'float32' | 'int64' | 'int32' | 'uint8' | 'bool'

/** What holds the numbers of each type: int64 as float64, exact to 2^53. */
export type OpStorage = Float32Array | Float64Array | Int32Array | Uint8Array

export interface ValueInfo {
  readonly dtype: OpDType
  readonly shape: Shape
}

export type OpParam = number | string | boolean | readonly OpParam[]
/** Plain and cloneable. */
export type OpParams = Readonly<Record<string, OpParam>>

/** What one call does: plain data, made once, sent to every worker. */
export interface OpPlan {
  readonly op: string
  readonly inputs: readonly (ValueInfo | null)[]
  readonly outputs: readonly ValueInfo[]
  readonly params: OpParams
}

export interface Op {
  readonly name: string
  /** @throws SHAPE, OPTION or DTYPE for what does not fit */
  infer(inputs: readonly (ValueInfo | null)[], params: OpParams): ValueInfo[]
  /** Independent parts that workers share; results do not depend on how they are cut. */
  units(plan: OpPlan): number
  run(plan: OpPlan, inputs: readonly (OpStorage | null)[], outputs: readonly OpStorage[], begin: number, end: number): void
}
