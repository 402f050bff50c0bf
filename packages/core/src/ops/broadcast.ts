// Broadcasting: shapes aligned at their last axes, axes of 1 (or absent) repeated.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, stridesOf } from '../tensor/shape.ts'
import type { View } from './strided.ts'

/** The shape that all of `shapes` broadcast to. @throws SHAPE naming them. */
export function broadcastShape(op: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let extent = 1
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1
      if (own === 1 || own === extent) continue
      if (extent !== 1) {
        throw new WeftError('SHAPE', `${op}: shapes ${shapes.map(formatShape).join(' and ')} do not broadcast to one`)
      }
      extent = own
    }
    return extent
  })
}

/** An input of `shape` seen under the axes of `output`: stride 0 where it is repeated. */
export function broadcastView(shape: Shape, output: Shape): View {
  const own = stridesOf(shape)
  const missing = output.length - shape.length
  return {
    base: 0,
    strides: output.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing])),
  }
}
