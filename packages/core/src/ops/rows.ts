// How work by rows is cut into units: some consecutive rows of the last axis each.
import { type Shape, sizeOf } from '../tensor/shape.ts'

/** Elements that a unit has at least, where there are so many. */
const LEAST = 2048

/** Rows of a shape: its elements without the last axis. */
export function rowCount(shape: Shape): number {
  return sizeOf(shape.slice(0, -1))
}

function rowsPerUnit(shape: Shape): number {
  return Math.max(1, Math.floor(LEAST / Math.max(1, shape[shape.length - 1] ?? 1)))
}

export function rowUnits(shape: Shape): number {
  return Math.ceil(rowCount(shape) / rowsPerUnit(shape))
}

/** The rows that units [begin, end) cover. */
export function rowsOf(shape: Shape, begin: number, end: number): [first: number, last: number] {
  const [each, count] = [rowsPerUnit(shape), rowCount(shape)]
  return [Math.min(begin * each, count), Math.min(end * each, count)]
}
