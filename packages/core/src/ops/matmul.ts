// Products of stacks of matrices, broadcast.
import { type Shape, sizeOf, stridesOf } from '../tensor/shape.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { expectRank, given } from './inputs.ts'
import { multiplyBlock } from './matmul-block.ts'
import { eachTile, mismatch, pair, tilesOf } from './matmul-tiles.ts'
import { matMulVector } from './matmul-vector.ts'
import type { Op, OpPlan, ValueInfo } from './op.ts'

/** (..., m, k) times (..., k, n); a vector is a row on the left, a column on the right, and its axis of 1 is dropped. */
export const matMul: Op = {
  name: 'matMul',
  infer(inputs) {
    const [a, b] = pair('matMul', inputs)
    expectRank('matMul', a.shape, 1)
    expectRank('matMul', b.shape, 1)
    const [left, right] = matrices([a, b])
    if (left[left.length - 1] !== right[right.length - 2]) throw mismatch('matMul', a.shape, b.shape)
    const stack = broadcastShape('matMul', [left.slice(0, -2), right.slice(0, -2)])
    const rows = a.shape.length === 1 ? [] : left.slice(-2, -1)
    const columns = b.shape.length === 1 ? [] : right.slice(-1)
    return [{ dtype: a.dtype, shape: [...stack, ...rows, ...columns] }]
  },
  units: (plan) => grid(plan).units,
  run(plan, inputs, [out], begin, end) {
    const { stack, m, k, n } = grid(plan)
    const [left, right] = matrices(plan.inputs)
    const bases = [left, right].map((shape) => stackBases(shape, stack))
    eachTile(m, n, begin, end, (item, rows, columns) =>
      multiplyBlock(
        { data: out, base: item * m * n, row: n, column: 1 },
        { data: given(inputs, 0), base: bases[0][item], row: k, column: 1 },
        { data: given(inputs, 1), base: bases[1][item], row: n, column: 1 },
        k,
        1,
        rows,
        columns,
      ),
    )
  },
  vector(plan, traits) {
    const { stack, m, k, n } = grid(plan)
    const [a, b] = matrices(plan.inputs).map((shape) => stackBases(shape, stack))
    return plan.outputs[0].dtype === 'float32' ? matMulVector({ m, k, n, a, b }, traits) : null
  },
}

/** Both shapes with at least two axes. */
function matrices([a, b]: readonly (ValueInfo | null)[]): [Shape, Shape] {
  const [left, right] = [(a as ValueInfo).shape, (b as ValueInfo).shape]
  return [left.length === 1 ? [1, ...left] : left, right.length === 1 ? [...right, 1] : right]
}

function grid(plan: OpPlan): { stack: number[]; m: number; k: number; n: number; units: number } {
  const [left, right] = matrices(plan.inputs)
  const stack = broadcastShape('matMul', [left.slice(0, -2), right.slice(0, -2)])
  const [m, k, n] = [left[left.length - 2], left[left.length - 1], right[right.length - 1]]
  return { stack, m, k, n, units: sizeOf(stack) * tilesOf(m, n) }
}

/** Where each matrix of the broadcast stack begins. */
function stackBases(shape: Shape, stack: readonly number[]): number[] {
  const whole = [...stack, ...shape.slice(-2)]
  const { strides } = broadcastView(shape, whole)
  const own = stridesOf(stack)
  return Array.from({ length: sizeOf(stack) }, (_, item) =>
    stack.reduce((base, extent, axis) => base + (Math.floor(item / own[axis]) % extent) * strides[axis], 0),
  )
}
