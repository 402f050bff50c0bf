// Sums, means, products, extremes and norms over any axes.
import { type Shape, stridesOf } from '../tensor/shape.ts'
import { axesOf, expectDtype, given, needed } from './inputs.ts'
import type { Op, OpDType, OpPlan, OpStorage, ValueInfo } from './op.ts'
import { REDUCTIONS, type Reduction } from './reduce-loops.ts'
import { type Rows, rowSum, rowsToSum } from './row-sum.ts'
import { rowSumVector } from './row-sum-vector.ts'
import { rowsOf, rowUnits } from './rows.ts'
import { eachRun, runStride, type Walk, walkOf } from './strided.ts'

/** Axes to reduce (none: the input is only mapped), and whether they stay as axes of 1. */
export type ReduceParams = { readonly axes: readonly number[]; readonly keep: boolean }

export const REDUCE: readonly Op<ReduceParams>[] = Object.entries(REDUCTIONS).map(([name, reduction]) => reduce(name, reduction))

const NUMBERS: readonly OpDType[] = ['float32', 'int64', 'int32', 'uint8']

function reduce(name: string, reduction: Reduction): Op<ReduceParams> {
  return {
    name,
    infer(inputs, { axes: named, keep }) {
      const x = needed(name, inputs, 0)
      expectDtype(name, x, ...NUMBERS)
      const axes = axesOf(name, named, x.shape.length)
      const shape = x.shape.flatMap((extent, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [extent]))
      return [{ dtype: x.dtype, shape }]
    },
    units: (plan) => rowUnits([...plan.outputs[0].shape, reducedSize(plan.inputs[0] as ValueInfo, plan.params.axes)]),
    run(plan, inputs, [out], begin, end) {
      const { shape } = plan.inputs[0] as ValueInfo
      const rank = shape.length
      const axes = axesOf(name, plan.params.axes, rank)
      const [keptShape, keptStrides] = pick(shape, (axis) => !axes.includes(axis))
      const [innerShape, innerStrides] = pick(shape, (axis) => axes.includes(axis))
      const kept = walkOf(keptShape, [{ base: 0, strides: keptStrides }])
      const inner = walkOf(innerShape, [{ base: 0, strides: innerStrides }])
      const size = innerShape.reduce((product, extent) => product * extent, 1)
      const [first, last] = rowsOf([...plan.outputs[0].shape, size], begin, end)
      const x = given(inputs, 0)
      if (denseRows(plan, reduction) !== null) {
        for (let at = first; at < last; at++) out[at] = reduction.finish(rowSum(x, at * size, size), size)
        return
      }
      const stride = runStride(kept, 0)
      const whole = !(out instanceof Float32Array)
      eachRun(kept, first, last, (at, offsets, count) => {
        let base = offsets[0]
        for (const stop = at + count; at < stop; at++, base += stride) {
          const result = reduction.finish(reduceOne(reduction, x, base, inner, size), size)
          out[at] = whole ? Math.trunc(result) : result
        }
      })
    },
    vector(plan, traits) {
      const rows = denseRows(plan, reduction)
      return rows && rowSumVector(rows, reduction.divisor?.(rows.size) ?? 1, traits)
    },
  }
}

function denseRows(plan: OpPlan<ReduceParams>, { divisor }: Reduction): Rows | null {
  if (divisor === undefined) return null
  return rowsToSum(plan, axesOf(plan.op, plan.params.axes, (plan.inputs[0] as ValueInfo).shape.length))
}

/** One output: the elements of the walk `inner` from `base` on. */
function reduceOne(reduction: Reduction, x: OpStorage, base: number, inner: Walk, size: number): number {
  const { start, loop, shifted } = reduction
  const stride = runStride(inner, 0)
  const shift = shifted ? reduceOne(REDUCTIONS.reduceMax, x, base, inner, size) : 0
  let sum = start
  if (inner.shape.length === 1) sum = loop(x, base, stride, size, sum, shift)
  else {
    eachRun(inner, 0, size, (_, offsets, count) => {
      sum = loop(x, base + offsets[0], stride, count, sum, shift)
    })
  }
  return shifted ? shift + Math.log(sum) : sum
}

function pick(shape: Shape, which: (axis: number) => boolean): [shape: number[], strides: number[]] {
  const axes = shape.map((_, axis) => axis).filter(which)
  const own = stridesOf(shape)
  return [axes.map((axis) => shape[axis]), axes.map((axis) => own[axis])]
}

function reducedSize({ shape }: ValueInfo, axes: readonly number[]): number {
  return axesOf('reduce', axes, shape.length).reduce((product, axis) => product * shape[axis], 1)
}
