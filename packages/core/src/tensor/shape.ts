// Shapes: lists of sizes, row-major strides, and the checks on them.
import { WeftError } from '../errors.ts'

export type Shape = readonly number[]

/** The largest number of elements that a tensor may have: what a 32-bit byte offset can address in float32. */
export const MAX_ELEMENTS = 2 ** 30 - 1

export function formatShape(shape: Shape): string {
  return `(${shape.join(', ')})`
}

/** The number of elements of a shape; throws SHAPE for a size that is not a whole number of 0 or more, TOO_LARGE past MAX_ELEMENTS. */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (const extent of shape) {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new WeftError('SHAPE', `shape ${formatShape(shape)} has the size ${extent}; sizes are whole numbers of 0 or more`)
    }
    size *= extent
  }
  if (size > MAX_ELEMENTS) {
    throw new WeftError('TOO_LARGE', `shape ${formatShape(shape)} has ${size} elements; the limit is ${MAX_ELEMENTS}`, { shape })
  }
  return size
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}
