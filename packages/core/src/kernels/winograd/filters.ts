// The transform of a filter before it is packed: G g G^T, or the sums of taps that stand for it.
import { flush } from '../pack.ts'
import { filterMatrix, type TileTransform } from './points.ts'
import { TAP_SCALES } from './sums.ts'

export type FilterTransform = (weight: Float32Array, from: number, out: Float64Array, at: number, step: number) => void

/** G g G^T of the filter that begins at `from`, in double precision, a number every `step` of `out`. */
export function filterTransform({ y, x }: TileTransform): FilterTransform {
  const [down, along] = [y, x].map((t) => Float64Array.from(filterMatrix(t).flat()))
  if (y.r === 3 && x.r === 3) return filterTransformOf3(down, new Float64Array(y.n * 3), y.n)
  const half = new Float64Array(y.n * x.r)
  return (weight, from, out, at, step) => {
    for (let i = 0; i < y.n; i++) {
      for (let col = 0; col < x.r; col++) {
        let sum = 0
        for (let row = 0; row < y.r; row++) sum += down[i * y.r + row] * weight[from + row * x.r + col]
        half[i * x.r + col] = sum
      }
      for (let j = 0; j < x.n; j++) {
        let sum = 0
        for (let col = 0; col < x.r; col++) sum += half[i * x.r + col] * along[j * x.r + col]
        out[at + (i * x.n + j) * step] = sum
      }
    }
  }
}

/** The same, three taps written out: networks have millions of such filters, and every start waits for them. */
function filterTransformOf3(matrix: Float64Array, half: Float64Array, n: number): FilterTransform {
  return (weight, from, out, at, step) => {
    for (let col = 0; col < 3; col++) {
      const [g0, g1, g2] = [weight[from + col], weight[from + 3 + col], weight[from + 6 + col]]
      for (let i = 0; i < 3 * n; i += 3) half[i + col] = matrix[i] * g0 + matrix[i + 1] * g1 + matrix[i + 2] * g2
    }
    for (let i = 0, to = at; i < 3 * n; i += 3) {
      const [h0, h1, h2] = [half[i], half[i + 1], half[i + 2]]
      for (let j = 0; j < 3 * n; j += 3, to += step) out[to] = h0 * matrix[j] + h1 * matrix[j + 1] + h2 * matrix[j + 2]
    }
  }
}

/** Sums of taps, rounded and without subnormals, as those of vectors are (taps.ts). */
export function filterSums(): FilterTransform {
  const [taps, columns] = [new Float32Array(9), new Float64Array(18)]
  return (weight, from, out, at, step) => {
    for (let tap = 0; tap < 9; tap++) taps[tap] = flush(TAP_SCALES[tap] * weight[from + tap])
    for (let col = 0; col < 3; col++) axisSums(taps[col], taps[col + 3], taps[col + 6], columns, col, 3)
    for (let row = 0; row < 6; row++) {
      const [first, middle, last] = [columns[3 * row], columns[3 * row + 1], columns[3 * row + 2]]
      axisSums(first, middle, last, out, at + 6 * row * step, step)
    }
  }
}

function axisSums(first: number, middle: number, last: number, out: Float64Array, at: number, step: number): void {
  const [a, b] = [rounded(rounded(last + first) + first), rounded(rounded(first + last) + last)]
  out[at] = first
  out[at + step] = rounded(a + middle)
  out[at + 2 * step] = rounded(a - middle)
  out[at + 3 * step] = rounded(b + middle)
  out[at + 4 * step] = rounded(b - middle)
  out[at + 5 * step] = last
}

function rounded(sum: number): number {
  return flush(Math.fround(sum))
}
