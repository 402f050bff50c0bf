import { type OpParams, opNamed } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { eighths } from '../torch-cases.ts'
import { float, planOf, runOp } from './run-op.ts'

const window = { kernel: [3, 3], stride: [2, 2], dilation: [1, 1], before: [1, 1], after: [1, 1], ceil: false }
const linear = {
  mode: 'linear',
  coordinates: 'halfPixel',
  rounding: 'roundPreferFloor',
  cubic: -0.75,
  excludeOutside: false,
  antialias: false,
  extrapolation: 0,
}

/** Each of several units. */
const CASES: readonly (readonly [op: string, shapes: readonly number[][], params: OpParams])[] = [
  ['relu', [[13, 1009]], {}],
  [
    'add',
    [
      [7, 31, 59],
      [31, 1],
    ],
    {},
  ],
  [
    'mul',
    [
      [7, 31, 59],
      [7, 1, 1],
    ],
    {},
  ],
  ['greater', [[59], [7, 31, 59]], {}],
  ['sumOf', [[7, 31, 59], [59], [31, 1]], {}],
  ['cast', [[13, 1009]], { to: 'int32' }],
  ['transpose', [[31, 17, 23]], { perm: [2, 0, 1] }],
  ['slice', [[31, 17, 63]], { start: [0, 16, 1], step: [1, -2, 2], count: [31, 9, 31] }],
  ['expand', [[31, 1, 23]], { shape: [2, 31, 17, 23] }],
  ['tile', [[5, 7, 3]], { repeats: [7, 3, 9] }],
  [
    'concat',
    [
      [3, 1000],
      [3, 777],
      [3, 1501],
    ],
    { axis: 1 },
  ],
  ['split', [[3, 3278]], { axis: 1, sizes: [1000, 777, 1501] }],
  ['pad', [[3, 30, 41]], { mode: 'reflect', before: [0, 2, 3], after: [1, 0, 4], value: 0 }],
  ['maxPool', [[2, 9, 31, 33]], window],
  ['averagePool', [[2, 9, 31, 33]], { ...window, countPadding: false }],
  ['lpPool', [[2, 9, 31, 33]], { ...window, p: 3 }],
  [
    'resize',
    [[1, 5, 20, 21]],
    { ...linear, shape: [1, 5, 40, 50], scales: [1, 1, 2, 50 / 21], roiBegin: [0, 0, 0, 0], roiEnd: [1, 1, 1, 1] },
  ],
  ['reduceMean', [[40, 50, 30]], { axes: [1], keep: true }],
  ['reduceMean', [[40, 50, 30]], { axes: [2], keep: true }],
  ['argMax', [[40, 50, 30]], { axis: 1, keep: false, last: false }],
  ['softmax', [[40, 50, 30]], { begin: 1, end: 2 }],
  ['softmax', [[7, 5001]], { begin: 1, end: 2 }],
  ['batchNorm', [[2, 5, 9, 9], [5], [5], [5], [5]], { epsilon: 3 }],
  ['instanceNorm', [[2, 5, 9, 9], [5], [5]], { epsilon: 1e-5 }],
  ['layerNorm', [[11, 70], [70]], { axis: -1, epsilon: 1e-5 }],
  ['lrn', [[2, 5, 9, 9]], { size: 3, alpha: 0.5, beta: 0.75, bias: 1 }],
  ['topK', [[6, 50]], { axis: 1, k: 7, largest: true }],
  [
    'matMul',
    [
      [3, 70, 19],
      [19, 131],
    ],
    {},
  ],
  ['gemm', [[70, 19], [131, 19], [131]], { alpha: 0.7, beta: 1, transposeA: false, transposeB: true }],
]

describe('units cut anywhere, in any order', () => {
  it.each(CASES)('give the same bits: %s %j', (name, shapes, params) => {
    const inputs = shapes.map((shape, seed) => float(shape, Array.from(eighths(shape, seed + 1).data)))
    const units = opNamed(name).units(planOf(name, inputs, params))
    expect(units).toBeGreaterThan(1)
    const whole = runOp(name, inputs, params)
    for (let cut = 1; cut < units; cut += Math.ceil(units / 7)) {
      expect(
        runOp(name, inputs, params, () => [
          [cut, units],
          [0, cut],
        ]),
      ).toEqual(whole)
    }
    const alone = (count: number) => Array.from({ length: count }, (_, i) => [count - 1 - i, count - i] as const)
    expect(runOp(name, inputs, params, alone)).toEqual(whole)
    expect(whole.every(({ data }) => !data.some(Number.isNaN))).toBe(true)
  })
})
