// What memory allows a problem: the bytes that every kernel moves, beside a copy of as many.
import { type ConvDescriptor, costOf } from '@weft/core'
import { measureCopy } from '../copy-speed.ts'

export interface MemoryBound {
  readonly bytes: number
  /** Billions of bytes a second: what was reached, and what this core copies of as many, read and written together. */
  readonly reached: number
  readonly copied: number
}

/** Milliseconds that a copy is measured for. */
const COPY_MS = 20

/** @param micros of a run of an item */
export function memoryBound(d: ConvDescriptor, micros: number): MemoryBound {
  const bytes = bytesMoved(d)
  return { bytes, reached: bytes / micros / 1000, copied: measureCopy(Math.ceil(bytes / 2), COPY_MS).gbPerSecond }
}

/** Input, weights and output, each once; rows of the picture that the stride skips are left out. */
export function bytesMoved(d: ConvDescriptor): number {
  const skipped = d.transposed ? 0 : Math.max(0, 1 - d.kernel[1] / d.stride[1])
  return costOf(d).bytes - 4 * skipped * d.batch * d.ic * d.input[0] * d.input[1] * d.input[2]
}
