import { describe, expect, it } from 'vitest'
import { geomean, layerResult, summaryOf } from '../../src/layers/figures.ts'
import { caseOf, LIMITS, outcome } from './sample-rows.ts'

const LAYER = caseOf('ic64ih56oc64kh3ph1n"one"')
const FLOPS = 2 * 64 * 64 * 9 * 56 * 56

const measured = layerResult(
  LAYER,
  [
    outcome('weft', 1, [4, 2, 3, 2, 2]),
    outcome('weft', 2, [1, 1, 1]),
    outcome('onnxruntime-node', 1, [4]),
    outcome('onnxruntime-node', 2, [1]),
    outcome('pytorch', 1, [3]),
    outcome('pytorch', 2, [2]),
    outcome('onnxruntime-web', 1, [20]),
    outcome('onnxruntime-web', 2, [10]),
    outcome('tfjs-wasm', 1, [8]),
  ],
  LIMITS,
)

describe('layerResult', () => {
  it('has a row for each, with median, best, spread and GFLOP/s', () => {
    expect(measured.rows.map(({ impl, threads }) => `${impl} ${threads}`)).toHaveLength(10)
    const [weft] = measured.rows
    expect(weft).toMatchObject({ impl: 'weft', threads: 1, kernel: 'f32-direct', medianMs: 2, bestMs: 2, runs: 5 })
    expect(weft.spread).toBeCloseTo((3.6 - 2) / 2)
    expect(weft.gflops).toBeCloseTo(FLOPS / 2e6)
    expect(weft.boundShare).toBeCloseTo(FLOPS / 2e6 / 100)
  })

  it('holds a peer of one thread against every count', () => {
    const tfjs = measured.rows.filter(({ impl }) => impl === 'tfjs-wasm')
    expect(tfjs.map(({ threads, ownThreads, medianMs }) => [threads, ownThreads, medianMs])).toEqual([
      [1, 1, 8],
      [2, 1, 8],
    ])
  })

  it('has ratios over 1 where weft is faster, to each and to the fastest of a kind', () => {
    expect(measured.layer.ratios).toEqual({
      'onnxruntime-node': { 1: 2, 2: 1 },
      'onnxruntime-web': { 1: 10, 2: 10 },
      'tfjs-wasm': { 1: 4, 2: 8 },
      pytorch: { 1: 1.5, 2: 2 },
      'best-native': { 1: 1.5, 2: 1 },
      'best-portable': { 1: 4, 2: 8 },
      best: { 1: 1.5, 2: 1 },
    })
  })

  it('takes no ratio from a result that is wrong, nor from a peer that has no such operation', () => {
    const { layer, rows } = layerResult(
      LAYER,
      [
        outcome('weft', 1, [2]),
        outcome('pytorch', 1, [1], { trouble: 'wrong' }),
        outcome('tfjs-wasm', 1, [], { unsupported: 'no' }),
      ],
      { 1: LIMITS[1] },
    )
    expect(layer.ratios).toEqual({})
    expect(rows.map(({ medianMs }) => medianMs)).toEqual([2, null, null])
    expect(summaryOf([layer], rows, [1]).failures).toBe(1)
  })
})

describe('summaryOf', () => {
  const small = layerResult(
    caseOf('ic64ih7oc64kh1n"two"'),
    [outcome('weft', 1, [1]), outcome('weft', 2, [1]), outcome('pytorch', 1, [6]), outcome('pytorch', 2, [8])],
    LIMITS,
  )
  const summary = summaryOf([measured.layer, small.layer], [...measured.rows, ...small.rows], [1, 2])

  it('has geometric means of all layers that have the ratio', () => {
    expect(summary.geomean.pytorch?.[1]).toBeCloseTo(Math.sqrt(1.5 * 6))
    expect(summary.geomean.pytorch?.[2]).toBeCloseTo(Math.sqrt(2 * 8))
    expect(summary.geomean['onnxruntime-node']?.[1]).toBeCloseTo(2)
    expect(summary.geomean['best-native']?.[2]).toBeCloseTo(Math.sqrt(1 * 8))
  })

  it('has them by class too, a layer in every class that it fits', () => {
    expect(Object.entries(summary.geomeanByClass).map(([name, { layers }]) => [name, layers])).toEqual([
      ['3x3', 1],
      ['1x1', 1],
      ['maps of 7', 1],
    ])
    expect(summary.geomeanByClass['maps of 7'].geomean.pytorch?.[2]).toBeCloseTo(8)
  })

  it('says how weft scales, by layers that take 2 ms on one thread', () => {
    expect(summary.scaling).toEqual({ 2: 2 })
  })
})

describe('geomean', () => {
  it('is the root of the product, and nothing of nothing', () => {
    expect(geomean([1, 4, 16])).toBeCloseTo(4)
    expect(geomean([])).toBeNull()
  })
})
