// Rows of an output whose numbers are sums of the input's: along the last axis first, then of rows.
import type { Taps } from './resize-taps.ts'

const ONE: Taps = { count: 1, index: Int32Array.of(0), weight: Float64Array.of(1) }

/**
 * Rows [first, last). An input row is resized once for the neighbours that are made of it. `axes` have the taps of each axis, `own` are
 * the steps of the input's axes; `outside` is the value of what is outside of the crop.
 */
export function resizeRows(
  out: Float32Array,
  x: Float32Array,
  axes: readonly Taps[],
  own: readonly number[],
  outside: number,
  first: number,
  last: number,
): void {
  const along = axes[axes.length - 1]
  const { count, index, weight } = axes.at(-2) ?? ONE
  const [height, width] = [index.length / count, along.index.length / along.count]
  const step = own.at(-2) ?? 0
  const outer = axes.slice(0, -2)
  const rowAt = resizedRows(x, along, width)
  const crops = along.index.some((pixel) => pixel < 0)
  const sum = new Float64Array(width)
  let planes: readonly InputPlane[] | null = null
  const [rows, weights]: [Float64Array[], number[]] = [[], []]
  for (let row = first; row < last; row++) {
    const h = row % height
    if (h === 0 || row === first) planes = planesOf(outer, own, (row - h) / height)
    let parts = 0
    if (planes !== null && index[h * count] >= 0) {
      for (let k = 0; k < planes.length; k++) {
        for (let tap = h * count; tap < h * count + count; tap++) {
          if (weight[tap] === 0) continue
          // Pixels side by side, as many as taps: each has a place of its own.
          rows[parts] = rowAt(k * count + (index[tap] % count), planes[k].offset + index[tap] * step)
          weights[parts++] = planes[k].weight * weight[tap]
        }
      }
    }
    const at = row * width
    if (parts === 0) out.fill(outside, at, at + width)
    else if (parts === 2) blendRows(out, at, rows, weights)
    else sumRows(out, at, rows, weights, parts, sum)
    // What is outside is no part of a sum: it may be infinite.
    if (crops && parts > 0) for (let i = 0; i < width; i++) if (along.index[i * along.count] < 0) out[at + i] = outside
  }
}

/** A loop of its own for two rows, which most are made of. */
function blendRows(out: Float32Array, at: number, [left, right]: readonly Float64Array[], [a, b]: readonly number[]): void {
  for (let i = 0; i < left.length; i++) out[at + i] = a * left[i] + b * right[i]
}

function sumRows(
  out: Float32Array,
  at: number,
  rows: readonly Float64Array[],
  weights: readonly number[],
  parts: number,
  sum: Float64Array,
): void {
  for (let i = 0; i < sum.length; i++) sum[i] = weights[0] * rows[0][i]
  for (let k = 1; k < parts; k++) addRow(sum, rows[k], weights[k])
  out.set(sum, at)
}

function addRow(sum: Float64Array, row: Float64Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += weight * row[i]
}

/** Input rows along the last axis, of which each place keeps the one that it had last; `from` is where one begins. */
function resizedRows(x: Float32Array, along: Taps, width: number): (place: number, from: number) => Float64Array {
  const resize = along.count === 2 ? blendPixels : along.count === 1 ? pickPixels : sumPixels
  const [rows, begins]: [Float64Array[], number[]] = [[], []]
  return (place, from) => {
    rows[place] ??= new Float64Array(width)
    const row = rows[place]
    if (begins[place] === from) return row
    begins[place] = from
    resize(row, x, from, along)
    return row
  }
}

function pickPixels(row: Float64Array, x: Float32Array, from: number, { index }: Taps): void {
  for (let i = 0; i < row.length; i++) row[i] = x[from + index[i]]
}

/** A loop of its own for two taps, which most have. */
function blendPixels(row: Float64Array, x: Float32Array, from: number, { index, weight }: Taps): void {
  for (let i = 0; i < row.length; i++) {
    row[i] = x[from + index[2 * i]] * weight[2 * i] + x[from + index[2 * i + 1]] * weight[2 * i + 1]
  }
}

function sumPixels(row: Float64Array, x: Float32Array, from: number, { count, index, weight }: Taps): void {
  for (let i = 0, first = 0; i < row.length; i++, first += count) {
    let sum = 0
    for (let tap = first; tap < first + count; tap++) sum += x[from + index[tap]] * weight[tap]
    row[i] = sum
  }
}

interface InputPlane {
  readonly offset: number
  readonly weight: number
}

/** The input planes that make an output one, by all axes but the last two; null where one is outside of the crop. */
function planesOf(axes: readonly Taps[], own: readonly number[], plane: number): readonly InputPlane[] | null {
  let planes: InputPlane[] = [{ offset: 0, weight: 1 }]
  let rest = plane
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { count, index, weight } = axes[axis]
    const extent = index.length / count
    const first = (rest % extent) * count
    rest = Math.floor(rest / extent)
    if (index[first] < 0) return null
    const next: InputPlane[] = []
    for (const before of planes) {
      for (let tap = first; tap < first + count; tap++) {
        if (weight[tap] !== 0) next.push({ offset: before.offset + index[tap] * own[axis], weight: before.weight * weight[tap] })
      }
    }
    planes = next
  }
  return planes
}
