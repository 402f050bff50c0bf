// One loop for each reduction, all in double precision: for all but the dense rows of row-sum.ts.
import type { OpStorage } from './op.ts'

export interface Reduction {
  readonly start: number
  /** `sum` and the elements x[at], x[at + stride] ...; `shift` is their maximum where `shifted`. */
  loop(x: OpStorage, at: number, stride: number, count: number, sum: number, shift: number): number
  finish(sum: number, size: number): number
  /** The logarithm of the sum is taken and the shift added back. */
  readonly shifted?: boolean
  /** Of plain sums: what they are divided by. Dense rows of float32 are added up as row-sum.ts does. */
  divisor?(size: number): number
}

/** Four sums at once: one alone waits for each addition before the next. */
function add(x: OpStorage, at: number, stride: number, count: number, sum: number): number {
  let [b, c, d] = [0, 0, 0]
  for (; count >= 4; count -= 4, at += 4 * stride) {
    sum += x[at]
    b += x[at + stride]
    c += x[at + 2 * stride]
    d += x[at + 3 * stride]
  }
  for (; count > 0; count--, at += stride) sum += x[at]
  return sum + b + (c + d)
}

function addSizes(x: OpStorage, at: number, stride: number, count: number, sum: number): number {
  for (; count > 0; count--, at += stride) sum += Math.abs(x[at])
  return sum
}

function addSquares(x: OpStorage, at: number, stride: number, count: number, sum: number): number {
  for (; count > 0; count--, at += stride) sum += x[at] * x[at]
  return sum
}

const same = (sum: number) => sum

export const REDUCTIONS = {
  reduceSum: { start: 0, loop: add, finish: same, divisor: () => 1 },
  reduceMean: { start: 0, loop: add, finish: (sum, size) => sum / size, divisor: (size) => size },
  reduceL1: { start: 0, loop: addSizes, finish: same },
  reduceL2: { start: 0, loop: addSquares, finish: Math.sqrt },
  reduceSumSquare: { start: 0, loop: addSquares, finish: same },
  reduceLogSum: { start: 0, loop: add, finish: Math.log },
  reduceLogSumExp: {
    start: 0,
    shifted: true,
    loop(x, at, stride, count, sum, shift) {
      for (; count > 0; count--, at += stride) sum += Math.exp(x[at] - shift)
      return sum
    },
    finish: same,
  },
  reduceProd: {
    start: 1,
    loop(x, at, stride, count, product) {
      for (; count > 0; count--, at += stride) product *= x[at]
      return product
    },
    finish: same,
  },
  reduceMax: {
    start: Number.NEGATIVE_INFINITY,
    loop(x, at, stride, count, most) {
      for (; count > 0; count--, at += stride) most = Math.max(most, x[at])
      return most
    },
    finish: same,
  },
  reduceMin: {
    start: Number.POSITIVE_INFINITY,
    loop(x, at, stride, count, least) {
      for (; count > 0; count--, at += stride) least = Math.min(least, x[at])
      return least
    },
    finish: same,
  },
} as const satisfies Readonly<Record<string, Reduction>>
