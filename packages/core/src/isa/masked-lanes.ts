// What a machine can do that masks lanes: vectors that reach over the edges of a row, every second lane of two, and products of one float.
import type { Int, Vec } from './handles.ts'

export interface MaskedLanes {
  /** Lanes [first, end) of the vector there, and 0 in the others; no more memory than theirs is touched. */
  loadLanes(to: Vec, at: Int, offset: number, first: number, end: number): void
  /** acc += a times the float there: where no other product is of it, less than a broadcast to a register. */
  maddFloat(acc: Vec, a: Vec, at: Int, offset: number): void
  /** Every second lane of a and b, from lane 0 or 1 on, in an order of the machine's own. */
  part(to: Vec, a: Vec, b: Vec, from: 0 | 1): void
  /** Puts lanes in the order of `evens` and `odds` that were parted, or are sums of what was. */
  order(to: Vec): void
}
