// Walks over an output in row-major order while inputs are read at strides of their own: broadcasts, transposes, slices.
import type { OpStorage } from './op.ts'

/** Where an input lies under the axes of the output: an element's offset is `base` plus its indices times the strides. */
export interface View {
  readonly base: number
  readonly strides: readonly number[]
}

/** The axes of a walk after neighbours that can be walked as one are merged; the last is the run. */
export interface Walk {
  readonly shape: readonly number[]
  readonly views: readonly View[]
}

/** Merges neighbouring axes wherever every view steps over both evenly, and drops axes of 1. */
export function walkOf(shape: readonly number[], views: readonly View[]): Walk {
  const merged: number[] = []
  const strides: number[][] = views.map(() => [])
  shape.forEach((extent, axis) => {
    if (extent === 1) return
    const last = merged.length - 1
    if (last >= 0 && views.every((view, index) => strides[index][last] === view.strides[axis] * extent)) {
      merged[last] *= extent
      views.forEach((view, index) => {
        strides[index][last] = view.strides[axis]
      })
    } else {
      merged.push(extent)
      views.forEach((view, index) => {
        strides[index].push(view.strides[axis])
      })
    }
  })
  if (merged.length === 0) {
    merged.push(shape.includes(0) ? 0 : 1)
    for (const list of strides) list.push(0)
  }
  return { shape: merged, views: views.map((view, index) => ({ base: view.base, strides: strides[index] })) }
}

/** Stride of view `index` along a run. */
export function runStride(walk: Walk, index: number): number {
  return walk.views[index].strides[walk.shape.length - 1]
}

/**
 * Visits output elements [first, last) as runs along the last axis.
 * `visit(at, offsets, count)`: the output offset, each view's offset (one array, reused), and the run's length.
 */
export function eachRun(
  walk: Walk,
  first: number,
  last: number,
  visit: (at: number, offsets: Int32Array, count: number) => void,
): void {
  const { shape, views } = walk
  const inner = shape.length - 1
  const length = shape[inner]
  const index = new Int32Array(shape.length)
  const offsets = new Int32Array(views.length)
  let rest = first
  for (let axis = inner; axis >= 0; axis--) {
    index[axis] = shape[axis] === 0 ? 0 : rest % shape[axis]
    rest = Math.floor(rest / shape[axis])
  }
  for (let at = first; at < last; ) {
    for (let k = 0; k < views.length; k++) {
      let offset = views[k].base
      for (let axis = 0; axis <= inner; axis++) offset += index[axis] * views[k].strides[axis]
      offsets[k] = offset
    }
    const count = Math.min(length - index[inner], last - at)
    visit(at, offsets, count)
    at += count
    index[inner] = 0
    for (let axis = inner - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break
      index[axis] = 0
    }
  }
}

/** out[at ...] = x[offset], x[offset + stride] ... */
export function copyRun(out: OpStorage, at: number, x: OpStorage, offset: number, stride: number, count: number): void {
  if (stride === 0) out.fill(x[offset], at, at + count)
  else if (stride === 1 && count >= 32) out.set(x.subarray(offset, offset + count), at)
  else for (let end = at + count, from = offset; at < end; at++, from += stride) out[at] = x[from]
}

/** Copies output elements [first, last) from one view of `x`. */
export function stridedCopy(
  shape: readonly number[],
  view: View,
  out: OpStorage,
  x: OpStorage,
  first: number,
  last: number,
): void {
  const walk = walkOf(shape, [view])
  const stride = runStride(walk, 0)
  eachRun(walk, first, last, (at, offsets, count) => copyRun(out, at, x, offsets[0], stride, count))
}
