// Pooling: the largest, the mean or the p-norm of every window. A unit is some rows of the output.
import { expectDtype, given, needed } from './inputs.ts'
import { maxPoolVector } from './max-pool-vector.ts'
import type { Op, OpDType, OpPlan, OpStorage } from './op.ts'
import { poolAxes, pooledShape, reach, tapCounts, tapsOf, usedTaps, type WindowParams } from './pool-window.ts'
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
  const columns = usedTaps(width).map((tap) => [tap, ...reach(width, tap)] as const)
  const row = new Float64Array(width.out)
  const [first, last] = rowsOf(plan.outputs[0].shape, begin, end)
  for (let index = first; index < last; index++) {
    const oh = index % height.out
    const od = Math.floor(index / height.out) % depth.out
    const plane = Math.floor(index / (height.out * depth.out))
    row.fill(start)
    const [slices, lines] = [tapsOf(depth, od), tapsOf(height, oh)]
    for (let a = slices[0]; a < slices[1]; a++) {
      const z = od * depth.stride + a * depth.dilation - depth.before
      for (let b = lines[0]; b < lines[1]; b++) {
        const y = oh * height.stride + b * height.dilation - height.before
        const line = ((plane * depth.n + z) * height.n + y) * width.n - width.before
        for (const [tap, lo, hi] of columns) {
          fold(row, lo, hi, x, line + lo * width.stride + tap * width.dilation, width.stride, p)
        }
      }
    }
    finish(row, index * width.out, od, oh)
  }
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
