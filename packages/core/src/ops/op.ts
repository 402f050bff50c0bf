// The contract of an operator: what it makes of shapes, how its work is cut, and the work itself.
import type { MachineTraits } from '../isa/machine.ts'
import type { Shape } from '../tensor/shape.ts'
import type { VectorPath } from './vector.ts'

/** Element types of an operator's values. int64 is held in float64, exact to 2^53; bool is 0 or 1 in bytes. */
export const OP_STORAGE = {
  float32: Float32Array,
  int64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

export type OpDType = keyof typeof OP_STORAGE
export type OpStorage = Float32Array | Float64Array | Int32Array | Uint8Array

/** What is known of a value before it exists. */
export interface ValueInfo {
  readonly dtype: OpDType
  readonly shape: Shape
}

/** Plain and cloneable, so that a plan can be posted. */
export type OpParam = number | string | boolean | readonly OpParam[]
export type OpParams = { readonly [name: string]: OpParam }

/** What one call does: made once, sent to every worker. */
export interface OpPlan<P extends OpParams = OpParams> {
  readonly op: string
  readonly inputs: readonly (ValueInfo | null)[]
  readonly outputs: readonly ValueInfo[]
  readonly params: P
}

/**
 * An operator over dense row-major data. Everything that shapes its outputs (axes, pads, scales ...) is in the parameters;
 * it reads no input before it runs. `P` is a type alias, not an interface: it must fit OpParams.
 */
export interface Op<P extends OpParams = OpParams> {
  readonly name: string
  /** The last output is an int64 of shape (1): how many rows of the others are valid; they have their largest shape. */
  readonly counted?: boolean
  /** The outputs' types and shapes. @throws SHAPE, DTYPE or OPTION with the values that do not fit. */
  infer(inputs: readonly (ValueInfo | null)[], params: P): ValueInfo[]
  /** Independent parts that workers share; an output's bits never depend on how they are cut. */
  units(plan: OpPlan<P>): number
  /** Units [begin, end), one at least. Storages hold exactly the elements of their shapes; outputs need not be zero before. */
  run(plan: OpPlan<P>, inputs: readonly (OpStorage | null)[], outputs: readonly OpStorage[], begin: number, end: number): void
  /** A faster way to the same numbers, for those calls that have one; depends on nothing but plan and machine. */
  vector?(plan: OpPlan<P>, traits: MachineTraits): VectorPath | null
}
