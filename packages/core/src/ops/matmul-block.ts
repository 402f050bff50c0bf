// One block of a matrix product, in plain loops: sums in double precision over k, in order.
import type { OpStorage } from './op.ts'

/** A matrix inside of a storage: where it begins, and the steps between its rows and its columns. */
export interface Matrix {
  readonly data: OpStorage
  readonly base: number
  readonly row: number
  readonly column: number
}

/** out = alpha a b for output rows [row, rowEnd) and columns [column, columnEnd); `k` is the length of the sums. */
export function multiplyBlock(
  out: Matrix,
  a: Matrix,
  b: Matrix,
  k: number,
  alpha: number,
  [row, rowEnd]: readonly [number, number],
  [column, columnEnd]: readonly [number, number],
): void {
  for (; row + 4 <= rowEnd; row += 4) {
    let j = column
    for (; j + 4 <= columnEnd; j += 4) fourByFour(out, a, b, k, alpha, row, j)
    for (; j < columnEnd; j++) for (let i = row; i < row + 4; i++) one(out, a, b, k, alpha, i, j)
  }
  for (; row < rowEnd; row++) {
    let j = column
    for (; j + 4 <= columnEnd; j += 4) oneByFour(out, a, b, k, alpha, row, j)
    for (; j < columnEnd; j++) one(out, a, b, k, alpha, row, j)
  }
}

function one(out: Matrix, a: Matrix, b: Matrix, k: number, alpha: number, i: number, j: number): void {
  let [p, q] = [a.base + i * a.row, b.base + j * b.column]
  let sum = 0
  for (let step = 0; step < k; step++, p += a.column, q += b.row) sum += a.data[p] * b.data[q]
  out.data[out.base + i * out.row + j] = alpha * sum
}

function oneByFour(out: Matrix, a: Matrix, b: Matrix, k: number, alpha: number, i: number, j: number): void {
  const [x, y, nextX, nextY, next] = [a.data, b.data, a.column, b.row, b.column]
  let [p, q] = [a.base + i * a.row, b.base + j * b.column]
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let step = 0; step < k; step++, p += nextX, q += nextY) {
    const value = x[p]
    s0 += value * y[q]
    s1 += value * y[q + next]
    s2 += value * y[q + 2 * next]
    s3 += value * y[q + 3 * next]
  }
  store(out, alpha, i, j, s0, s1, s2, s3)
}

/** Sixteen sums at once: each number that is read serves four of them. */
function fourByFour(out: Matrix, a: Matrix, b: Matrix, k: number, alpha: number, i: number, j: number): void {
  const [x, y, nextX, nextY, down, next] = [a.data, b.data, a.column, b.row, a.row, b.column]
  let [p, q] = [a.base + i * a.row, b.base + j * b.column]
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0]
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let step = 0; step < k; step++, p += nextX, q += nextY) {
    const [y0, y1, y2, y3] = [y[q], y[q + next], y[q + 2 * next], y[q + 3 * next]]
    const [x0, x1, x2, x3] = [x[p], x[p + down], x[p + 2 * down], x[p + 3 * down]]
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s03 += x0 * y3
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s13 += x1 * y3
    s20 += x2 * y0
    s21 += x2 * y1
    s22 += x2 * y2
    s23 += x2 * y3
    s30 += x3 * y0
    s31 += x3 * y1
    s32 += x3 * y2
    s33 += x3 * y3
  }
  store(out, alpha, i, j, s00, s01, s02, s03)
  store(out, alpha, i + 1, j, s10, s11, s12, s13)
  store(out, alpha, i + 2, j, s20, s21, s22, s23)
  store(out, alpha, i + 3, j, s30, s31, s32, s33)
}

function store(out: Matrix, alpha: number, i: number, j: number, s0: number, s1: number, s2: number, s3: number): void {
  const at = out.base + i * out.row + j
  out.data[at] = alpha * s0
  out.data[at + 1] = alpha * s1
  out.data[at + 2] = alpha * s2
  out.data[at + 3] = alpha * s3
}
