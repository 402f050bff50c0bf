// Sums of rows of float32 numbers that lie one after another, in an order that vectors of every width keep to.

import { sizeOf } from '../tensor/shape.ts'
import type { OpPlan, OpStorage, ValueInfo } from './op.ts'

/** Running sums of a row: number i goes to sum i mod this. */
export const SUMS = 16

/** Whole numbers up to here are float32: a mean divides by the length of its row. */
export const LONGEST = 2 ** 24

/** Rows of a dense value, each of the `size` numbers that an output is made of. */
export interface Rows {
  readonly count: number
  readonly size: number
}

/** The rows that a reduction over `axes` adds up; null where they are not dense, or not float32. */
export function rowsToSum({ inputs, outputs }: OpPlan, axes: readonly number[]): Rows | null {
  const { dtype, shape } = inputs[0] as ValueInfo
  const count = sizeOf(outputs[0].shape)
  const size = axes.reduce((product, axis) => product * shape[axis], 1)
  if (dtype !== 'float32' || count === 0 || size < 2 || size > LONGEST) return null
  const reduced = shape.flatMap((extent, axis) => (extent === 1 ? [] : [axes.includes(axis)]))
  return reduced.lastIndexOf(false) < reduced.indexOf(true) ? { count, size } : null
}

const sums = new Float32Array(SUMS)
const lost = new Float32Array(SUMS)

/**
 * The sum of x[at ... at + size), rounded to float32: running sums with what each lost in rounding beside it (Kahan's and
 * Knuth's), then pairs of neighbours, and of those. As good as in double precision, but where a sum overflows.
 */
export function rowSum(x: OpStorage, at: number, size: number): number {
  sums.fill(0)
  lost.fill(0)
  for (let i = 0; i < size; i++) addTo(i % SUMS, i % SUMS, sums[i % SUMS], x[at + i], 0)
  for (let n = SUMS / 2; n >= 1; n /= 2) {
    for (let i = 0; i < n; i++) addTo(i, 2 * i, sums[2 * i], sums[2 * i + 1], lost[2 * i + 1])
  }
  // What an infinite sum lost is not a number.
  return Math.fround(sums[0] + (Number.isNaN(lost[0]) ? 0 : lost[0]))
}

/** Sum `to` becomes a + b; what is lost, that of `from`, `more`, and what this addition loses. */
function addTo(to: number, from: number, a: number, b: number, more: number): void {
  const sum = Math.fround(a + b)
  const added = Math.fround(sum - a)
  const error = Math.fround(Math.fround(a - Math.fround(sum - added)) + Math.fround(b - added))
  sums[to] = sum
  lost[to] = Math.fround(Math.fround(lost[from] + more) + error)
}
