// What a machine can do that masks lanes: vectors that reach over the edges of a row, every second lane of two, and products of one float.
import type { Int, Lanes, Vec } from './handles.ts'

export interface MaskedLanes {
  /** Lanes [first, end) of the vector there, and 0 in the others; no more memory than theirs is touched. */
  loadLanes(to: Vec, at: Int, offset: number, first: number, end: number): void
  /** The same, and the others as they were. */
  loadOver(to: Vec, at: Int, offset: number, first: number, end: number): void
  /** As `loadPhases`, of neighbouring floats [first, end) alone, and 0 in place of the others. */
  loadPhasesWithin(to: readonly Vec[], at: Int, offset: number, first: number, end: number, step?: number): void
  /** A fresh register with lanes of a vector: bit l of the 16 there says whether lane l is one of them. */
  lanesAt(at: Int, offset: number): Lanes
  /** Those lanes of the vector there, and 0 in the others; no more memory than theirs is touched. */
  loadSome(to: Vec, at: Int, offset: number, lanes: Lanes): void
  storeSome(at: Int, offset: number, from: Vec, lanes: Lanes): void
  /** Of 2 or 4 registers as `loadPhases` gives them, the vectors of neighbouring floats. */
  neighbours(phases: readonly Vec[]): void
  /** acc += a times the float there: where no other product is of it, less than a broadcast to a register. */
  maddFloat(acc: Vec, a: Vec, at: Int, offset: number): void
  /** Every second lane of a and b, from lane 0 or 1 on, in an order of the machine's own. */
  part(to: Vec, a: Vec, b: Vec, from: 0 | 1): void
  /** Puts lanes in the order of `evens` and `odds` that were parted, or are sums of what was. */
  order(to: Vec): void
  /** Fresh registers that `third` needs. */
  thirds(from: number): readonly [Vec, Vec]
  /** Every third lane of three vectors side by side, from lane `from` of `thirds` on. `to` is none of them but the first. */
  third(to: Vec, vectors: readonly [Vec, Vec, Vec], from: readonly [Vec, Vec]): void
  /** A fresh register that `moveParted` needs. */
  moves(by: 1 | -1): Vec
  /** The pixels of a vector that was parted `by` places further on, the one that comes in from the first or the last place of `beside`. */
  moveParted(to: Vec, from: Vec, beside: Vec, by: Vec): void
}
