// Copies between a caller's memory and the arena, in pieces that leave the event loop its turns.
import { setImmediate } from 'node:timers/promises'
import type { OpStorage } from '@weft/core'

/** Numbers copied at once: well under a millisecond. */
const PIECE = 1 << 20

/** Copies all of `from`; gives up early, with the rest left as it was, when the signal says so. */
export async function copyNumbers(to: OpStorage, from: OpStorage, signal?: AbortSignal): Promise<void> {
  for (let at = 0; at < from.length; at += PIECE) {
    if (at > 0) await setImmediate()
    if (signal?.aborted) return
    to.set(from.subarray(at, at + PIECE), at)
  }
}

/** Whether two views share a byte. */
export function overlap(a: Float32Array, b: Float32Array): boolean {
  const [buffer, other] = [a.buffer, b.buffer] as ArrayBufferLike[]
  // Buffers of a memory that grew are different objects over the same bytes: shared ones are compared by offset alone.
  if (buffer !== other && !(buffer instanceof SharedArrayBuffer && other instanceof SharedArrayBuffer)) return false
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
}
