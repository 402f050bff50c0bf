// Rows of an output whose every number is one of the input: no sums, and equal rows are copied.
import type { OpStorage } from './op.ts'
import type { Taps } from './resize-taps.ts'

/** Rows [first, last); `axes` have one tap each, `own` are the steps of the input's axes. */
export function nearestRows(
  out: OpStorage,
  x: OpStorage,
  axes: readonly Taps[],
  own: readonly number[],
  outside: number,
  first: number,
  last: number,
): void {
  const { index } = axes[axes.length - 1]
  const width = index.length
  const crops = index.some((pixel) => pixel < 0)
  for (let row = first, before = -2; row < last; row++) {
    const [at, from] = [row * width, offsetOf(axes, own, row)]
    if (from === before) out.copyWithin(at, at - width, at)
    else if (from < 0) out.fill(outside, at, at + width)
    else if (crops) for (let i = 0; i < width; i++) out[at + i] = index[i] < 0 ? outside : x[from + index[i]]
    else if (out instanceof Float32Array) pickFloats(out, at, x as Float32Array, from, index)
    else for (let i = 0; i < width; i++) out[at + i] = x[from + index[i]]
    before = from
  }
}

/** A loop of its own: V8 makes it fast for the one type that it meets. */
function pickFloats(out: Float32Array, at: number, x: Float32Array, from: number, index: Int32Array): void {
  for (let i = 0; i < index.length; i++) out[at + i] = x[from + index[i]]
}

/** Where the input row of an output row begins; -1 where it is outside of the crop. */
function offsetOf(axes: readonly Taps[], own: readonly number[], row: number): number {
  let [offset, rest] = [0, row]
  for (let axis = axes.length - 2; axis >= 0; axis--) {
    const { index } = axes[axis]
    const pixel = index[rest % index.length]
    if (pixel < 0) return -1
    rest = Math.floor(rest / index.length)
    offset += pixel * own[axis]
  }
  return offset
}
