// Pooling: the largest, the mean or the p-norm of every window. A unit is some rows of the output.
import { expectDtype, given, needed } from './inputs.ts'
import { maxPoolVector } from './max-pool-vector.ts'
import type { Op, OpDType, OpPlan, OpStorage } from './op.ts'
import { type PoolAxis, poolAxes, pooledShape, reach, tapCounts, type WindowParams } from './pool-window.ts'
import { rowsOf, rowUnits } from './rows.ts'

/** Folds x[from], x[from + stride] ... into row[lo ... hi). */
type Fold = (row: Float64Array, lo: number, hi: number, x: OpStorage, from: number, stride: number, p: number) => void

/** A window whose numbers are all NaN gives -Infinity; others leave NaN out. */
export const maxPool: Op<WindowParams> = {
  name: 'maxPool',
  infer: (inputs, params) => [pooled('maxPool', ['float32', 'uint8'], inputs, params)],
  units: (plan) => rowUnits(plan.outputs[0].shape),
  run: (plan, inputs, [out], begin, end) =>
    eachRow(plan, inputs, begin, end, Number.NEGATIVE_INFINITY, largest, 0, (row, at) => out.set(row, at)),
  vector: maxPoolVector,
}

/** `countPadding`: padding counts as zeros in the mean. */
export type AveragePoolParams = WindowParams & { readonly countPadding: boolean }

export const averagePool: Op<AveragePoolParams> = {
  name: 'averagePool',
  infer: (inputs, params) => [pooled('averagePool', ['float32'], inputs, params)],
  units: (plan) => rowUnits(plan.outputs[0].shape),
  run(plan, inputs, [out], begin, end) {
    const [depth, height, width] = poolAxes(plan).map((axis) => tapCounts(axis, plan.params.countPadding))
    eachRow(plan, inputs, begin, end, 0, sum, 0, (row, at, od, oh) => {
      const rows = depth[od] * height[oh]
      for (let i = 0; i < row.length; i++) out[at + i] = row[i] / (rows * width[i])
    })
  },
}

export type LpPoolParams = WindowParams & { readonly p: number }

export const lpPool: Op<LpPoolParams> = {
  name: 'lpPool',
  infer: (inputs, params) => [pooled('lpPool', ['float32'], inputs, params)],
  units: (plan) => rowUnits(plan.outputs[0].shape),
  run(plan, inputs, [out], begin, end) {
    const { p } = plan.params
    eachRow(plan, inputs, begin, end, 0, powers, p, (row, at) => {
      for (let i = 0; i < row.length; i++) out[at + i] = p === 2 ? Math.sqrt(row[i]) : row[i] ** (1 / p)
    })
  },
}

function pooled(op: string, dtypes: OpDType[], inputs: Parameters<Op['infer']>[0], params: WindowParams) {
  const x = needed(op, inputs, 0)
  expectDtype(op, x, ...dtypes)
  return { dtype: x.dtype, shape: pooledShape(op, x.shape, params) }
}

/** Folds the windows of every row of the units, then hands the row on with its place in the output. */
function eachRow(
  plan: OpPlan<WindowParams>,
  inputs: readonly (OpStorage | null)[],
  begin: number,
  end: number,
  start: number,
  fold: Fold,
  p: number,
  finish: (row: Float64Array, at: number, od: number, oh: number) => void,
): void {
  const x = given(inputs, 0)
  const [depth, height, width] = poolAxes(plan)
  const reaches = Array.from({ length: width.kernel }, (_, tap) => reach(width, tap))
  const row = new Float64Array(width.out)
  const [first, last] = rowsOf(plan.outputs[0].shape, begin, end)
  for (let index = first; index < last; index++) {
    const oh = index % height.out
    const od = Math.floor(index / height.out) % depth.out
    const plane = Math.floor(index / (height.out * depth.out))
    row.fill(start)
    for (let a = 0; a < depth.kernel; a++) {
      const z = pixel(depth, od, a)
      for (let b = 0; z >= 0 && b < height.kernel; b++) {
        const y = pixel(height, oh, b)
        if (y < 0) continue
        const line = ((plane * depth.n + z) * height.n + y) * width.n - width.before
        reaches.forEach(([lo, hi], tap) => fold(row, lo, hi, x, line + lo * width.stride + tap * width.dilation, width.stride, p))
      }
    }
    finish(row, index * width.out, od, oh)
  }
}

/** The pixel that `tap` of output `out` meets, or -1. */
function pixel({ n, stride, dilation, before }: PoolAxis, out: number, tap: number): number {
  const at = out * stride + tap * dilation - before
  return at < n ? at : -1
}

function largest(row: Float64Array, lo: number, hi: number, x: OpStorage, from: number, stride: number): void {
  for (let i = lo; i < hi; i++, from += stride) if (row[i] < x[from]) row[i] = x[from]
}

function sum(row: Float64Array, lo: number, hi: number, x: OpStorage, from: number, stride: number): void {
  for (let i = lo; i < hi; i++, from += stride) row[i] += x[from]
}

function powers(row: Float64Array, lo: number, hi: number, x: OpStorage, from: number, stride: number, p: number): void {
  if (p === 2) for (let i = lo; i < hi; i++, from += stride) row[i] += x[from] * x[from]
  else for (let i = lo; i < hi; i++, from += stride) row[i] += Math.abs(x[from]) ** p
}
