// The product of two matrices, either read transposed, with an addend.
import { formatShape } from '../tensor/shape.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { expectRank, given, sameDtype } from './inputs.ts'
import { multiplyBlock } from './matmul-block.ts'
import { type Bounds, eachTile, mismatch, pair, tilesOf } from './matmul-tiles.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'

/** alpha A' B' + beta C: primes where a matrix is read transposed; C, where there is one, broadcasts to (m, n). */
export type GemmParams = {
  readonly alpha: number
  readonly beta: number
  readonly transposeA: boolean
  readonly transposeB: boolean
}

export const gemm: Op<GemmParams> = {
  name: 'gemm',
  infer(inputs, params) {
    const [a, b] = pair('gemm', inputs)
    expectRank('gemm', a.shape, 2, 2)
    expectRank('gemm', b.shape, 2, 2)
    const [m, k] = params.transposeA ? [a.shape[1], a.shape[0]] : a.shape
    const [inner, n] = params.transposeB ? [b.shape[1], b.shape[0]] : b.shape
    if (k !== inner) throw mismatch('gemm', a.shape, b.shape)
    const c = inputs[2] ?? null
    if (c !== null && formatShape(broadcastShape('gemm', [[m, n], c.shape])) !== formatShape([m, n])) {
      throw mismatch('gemm', [m, n], c.shape)
    }
    return [{ dtype: sameDtype('gemm', [a, c]), shape: [m, n] }]
  },
  units: ({ outputs: [{ shape }] }) => tilesOf(shape[0], shape[1]),
  run(plan, inputs, [out], begin, end) {
    const { alpha, beta, transposeA, transposeB } = plan.params
    const [m, n] = plan.outputs[0].shape
    const k = (plan.inputs[0] as ValueInfo).shape[transposeA ? 0 : 1]
    const c = inputs[2] ?? null
    const view = c === null ? null : broadcastView((plan.inputs[2] as ValueInfo).shape, [m, n])
    eachTile(m, n, begin, end, (_, rows, columns) => {
      multiplyBlock(
        { data: out, base: 0, row: n, column: 1 },
        { data: given(inputs, 0), base: 0, row: transposeA ? 1 : k, column: transposeA ? m : 1 },
        { data: given(inputs, 1), base: 0, row: transposeB ? 1 : n, column: transposeB ? k : 1 },
        k,
        alpha,
        rows,
        columns,
      )
      if (c !== null && view !== null) addScaled(out, n, c, view.strides, beta, rows, columns)
    })
  },
}

function addScaled(
  out: OpStorage,
  n: number,
  c: OpStorage,
  strides: readonly number[],
  beta: number,
  rows: Bounds,
  columns: Bounds,
): void {
  for (let i = rows[0]; i < rows[1]; i++) {
    for (let j = columns[0]; j < columns[1]; j++) out[i * n + j] += beta * c[i * strides[0] + j * strides[1]]
  }
}
