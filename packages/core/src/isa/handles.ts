// What kernels hold of a machine's registers.

declare const vec: unique symbol
declare const int: unique symbol
/** A vector register of float32 lanes. */
export interface Vec {
  readonly [vec]: true
}
/** A register of 32 bits, unsigned: a byte offset into the arena, or a count. Arithmetic wraps around. */
export interface Int {
  readonly [int]: true
}
declare const lanes: unique symbol
/** Some lanes of a vector, as a register says it. */
export interface Lanes {
  readonly [lanes]: true
}
