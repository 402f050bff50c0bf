// Checks on an operator's inputs, and the axes that parameters name.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape } from '../tensor/shape.ts'
import type { OpDType, OpStorage, ValueInfo } from './op.ts'

/** @throws SHAPE where a needed input is absent. */
export function needed(op: string, inputs: readonly (ValueInfo | null)[], index: number): ValueInfo {
  const info = inputs[index]
  if (info === undefined || info === null) throw new WeftError('SHAPE', `${op} needs an input ${index}; there is none`)
  return info
}

/** The storage of an input that `infer` has found to be there. */
export function given(inputs: readonly (OpStorage | null)[], index: number): OpStorage {
  return inputs[index] as OpStorage
}

/** @throws DTYPE */
export function expectDtype(op: string, info: ValueInfo, ...allowed: OpDType[]): void {
  if (!allowed.includes(info.dtype)) {
    throw new WeftError('DTYPE', `${op} takes ${allowed.join(', ')}; it was given ${info.dtype} ${formatShape(info.shape)}`)
  }
}

/** @throws DTYPE where inputs that are there have different types. */
export function sameDtype(op: string, inputs: readonly (ValueInfo | null)[]): OpDType {
  const dtypes = inputs.flatMap((info) => (info === null ? [] : [info.dtype]))
  if (dtypes.some((dtype) => dtype !== dtypes[0])) {
    throw new WeftError('DTYPE', `${op} takes inputs of one type; it was given ${dtypes.join(', ')}`)
  }
  return dtypes[0]
}

/** @throws SHAPE */
export function expectRank(op: string, shape: Shape, lowest: number, highest = Number.POSITIVE_INFINITY): void {
  if (shape.length < lowest || shape.length > highest) {
    const wanted = highest === Number.POSITIVE_INFINITY ? `${lowest} or more` : `${lowest} to ${highest}`
    throw new WeftError('SHAPE', `${op} takes ${wanted} axes; it was given ${formatShape(shape)}`, { shape })
  }
}

/** An axis counted from the front; -1 is the last. @throws SHAPE where a shape of that many axes has none such. */
export function axisOf(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new WeftError('SHAPE', `${op}: axis ${axis} is not among the ${rank} axes of its input`, { axis, rank })
  }
  return axis < 0 ? axis + rank : axis
}

/** Every axis of a list counted from the front. @throws SHAPE where one is outside, or there twice. */
export function axesOf(op: string, axes: readonly number[], rank: number): number[] {
  const found = axes.map((axis) => axisOf(op, axis, rank))
  if (new Set(found).size !== found.length) {
    throw new WeftError('SHAPE', `${op}: axes ${formatShape(axes)} name one axis twice`, { axes, rank })
  }
  return found
}
