// How elementwise work is cut into units: blocks of consecutive elements.
import { sizeOf } from '../tensor/shape.ts'
import type { OpPlan } from './op.ts'

/** Elements of a unit: large enough that walking costs little, small enough that workers end together. */
const BLOCK = 4096

export function blockCount(size: number): number {
  return Math.ceil(size / BLOCK)
}

/** The blocks of the first output. */
export function blocksOf(plan: OpPlan): number {
  return blockCount(sizeOf(plan.outputs[0].shape))
}

/** The elements that units [begin, end) cover, of `size`. */
export function elementsOf(size: number, begin: number, end: number): [first: number, last: number] {
  return [Math.min(begin * BLOCK, size), Math.min(end * BLOCK, size)]
}
