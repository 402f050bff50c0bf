// The only output of an outcome as floats, without its batch axis.
import { formatShape, type Shape, WeftError } from '@weft/core'
import type { Outcome } from './kind.ts'

export interface OneOutput {
  readonly name: string
  readonly shape: Shape
  readonly data: Float32Array
}

/** @throws SHAPE for a batch of several */
export function oneOutput({ outputs }: Outcome): OneOutput {
  const [[name, { shape, data }]] = Object.entries(outputs)
  if (shape.length > 1 && shape[0] !== 1)
    throw new WeftError('SHAPE', `output '${name}' ${formatShape(shape)} is of ${shape[0]} items; give one at a time`, { shape })
  return {
    name,
    shape: shape.length > 1 ? shape.slice(1) : shape,
    data: data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number),
  }
}

/** The least and the greatest; 0 and 1 where all are within. */
export function rangeOf(data: Float32Array): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of data) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return least >= 0 && most <= 1 ? [0, 1] : [least, most]
}
