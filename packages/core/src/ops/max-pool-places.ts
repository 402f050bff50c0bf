// Max pooling that also says where each largest pixel is.
import { sizeOf } from '../tensor/shape.ts'
import { expectDtype, given, needed } from './inputs.ts'
import type { Op, OpStorage } from './op.ts'
import { type PoolAxis, poolAxes, pooledShape, tapsOf, type WindowParams } from './pool-window.ts'

/** `columnMajor`: places within a plane are counted with the first spatial axis fastest. */
export type PlacesParams = WindowParams & { readonly columnMajor: boolean }

/** Outputs: the largest pixels, and their places (int64) in the whole input. A unit is a plane. */
export const maxPoolPlaces: Op<PlacesParams> = {
  name: 'maxPoolPlaces',
  infer(inputs, params) {
    const x = needed('maxPoolPlaces', inputs, 0)
    expectDtype('maxPoolPlaces', x, 'float32', 'uint8')
    const shape = pooledShape('maxPoolPlaces', x.shape, params)
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ]
  },
  units: (plan) => sizeOf(plan.outputs[0].shape.slice(0, 2)),
  run(plan, inputs, [values, places], begin, end) {
    const x = given(inputs, 0)
    const axes = poolAxes(plan)
    const [depth, height, width] = axes
    const outs = depth.out * height.out * width.out
    for (let plane = begin; plane < end; plane++) {
      const base = plane * depth.n * height.n * width.n
      for (let i = 0; i < outs; i++) {
        const out = [Math.floor(i / (height.out * width.out)), Math.floor(i / width.out) % height.out, i % width.out]
        const [z, y, col] = place(x, base, axes, out)
        const at = plane * outs + i
        values[at] = x[base + (z * height.n + y) * width.n + col]
        places[at] = base + (plan.params.columnMajor ? (col * height.n + y) * depth.n + z : (z * height.n + y) * width.n + col)
      }
    }
  },
}

/** Where the first of the largest pixels of one window is. */
function place(
  x: OpStorage,
  base: number,
  [depth, height, width]: readonly PoolAxis[],
  [od, oh, ow]: readonly number[],
): number[] {
  let most = Number.NEGATIVE_INFINITY
  let found: number[] = []
  for (const z of pixels(depth, od)) {
    for (const y of pixels(height, oh)) {
      for (const col of pixels(width, ow)) {
        const value = x[base + (z * height.n + y) * width.n + col]
        if (found.length > 0 && !(value > most)) continue
        most = value
        found = [z, y, col]
      }
    }
  }
  return found
}

function pixels(axis: PoolAxis, out: number): number[] {
  const [first, last] = tapsOf(axis, out)
  const { stride, dilation, before } = axis
  return Array.from({ length: last - first }, (_, i) => out * stride + (first + i) * dilation - before)
}
