// Runs an operator on one thread, in units cut as asked.
import {
  OP_STORAGE,
  type OpDType,
  type OpParams,
  type OpPlan,
  type OpStorage,
  opNamed,
  planOp,
  type Shape,
  sizeOf,
} from '@weft/core'

export interface OpValue {
  readonly dtype: OpDType
  readonly shape: Shape
  readonly data: OpStorage
}

export function value(dtype: OpDType, shape: Shape, numbers: readonly number[]): OpValue {
  return { dtype, shape, data: OP_STORAGE[dtype].from(numbers) }
}

export function float(shape: Shape, numbers: readonly number[]): OpValue {
  return value('float32', shape, numbers)
}

/** @param order takes how many units there are and gives the ranges in the order in which they run */
export function runOp(
  name: string,
  inputs: readonly (OpValue | null)[],
  params: OpParams = {},
  order: (units: number) => readonly (readonly [begin: number, end: number])[] = (units) => [[0, units]],
): OpValue[] {
  const plan = planOf(name, inputs, params)
  const data = inputs.map((input) => input?.data ?? null)
  // What was in memory before: not zeros, and no numbers that could be right.
  const outputs = plan.outputs.map(({ dtype, shape }) =>
    new OP_STORAGE[dtype](sizeOf(shape)).fill(dtype === 'float32' ? Number.NaN : 77),
  )
  for (const [begin, end] of order(opNamed(name).units(plan))) opNamed(name).run(plan, data, outputs, begin, end)
  return plan.outputs.map(({ dtype, shape }, i) => ({ dtype, shape, data: outputs[i] }))
}

export function planOf(name: string, inputs: readonly (OpValue | null)[], params: OpParams = {}): OpPlan {
  const infos = inputs.map((input) => input && { dtype: input.dtype, shape: input.shape })
  return planOp(name, infos, params)
}

export function numbers({ data }: OpValue): number[] {
  return Array.from(data)
}
