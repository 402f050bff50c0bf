import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/layers/entrant.ts'
import type { PeerName } from '../../src/layers/peers.ts'
import { unlike } from '../../src/model/batch.ts'
import { judgeModel } from '../../src/model/contest.ts'
import { batchRatios, batchRow, latencyRatios, latencyRow } from '../../src/model/figures.ts'

const outcome = (impl: 'weft' | PeerName, threads: number, rounds: number[][], trouble: string | null = null): Outcome => ({
  impl,
  threads,
  kernel: null,
  rounds,
  where: null,
  error: 0,
  unsupported: null,
  trouble,
})

describe('latency', () => {
  it('is the median and the 95th percentile of all rounds', () => {
    const rounds = [Array.from({ length: 51 }, (_, i) => i), Array.from({ length: 50 }, (_, i) => 51 + i)]
    expect(latencyRow(outcome('weft', 1, rounds))).toMatchObject({ medianMs: 50, p95Ms: 95, bestMs: 0, runs: 101 })
    expect(latencyRow(outcome('weft', 1, rounds, 'it died'))).toMatchObject({ medianMs: null, p95Ms: null, runs: 0 })
  })

  it('is compared with as many threads, and only where both have times', () => {
    const rows = [
      outcome('weft', 1, [[2]]),
      outcome('weft', 2, [[1]]),
      outcome('onnxruntime-node', 1, [[3]]),
      outcome('onnxruntime-node', 2, [[4]]),
      outcome('onnxruntime-web', 1, [[9]], 'wrong'),
      outcome('onnxruntime-web', 2, [[8]]),
    ].map(latencyRow)
    expect(latencyRatios(rows)).toEqual({ 'onnxruntime-node': { 1: 1.5, 2: 4 }, 'onnxruntime-web': { 2: 8 } })
  })
})

it('items a second come from the median of the processes', () => {
  const row = batchRow({ impl: 'weft', threads: 2, seconds: [4, 2, 3], trouble: null }, 30)
  expect(row.itemsPerSecond).toBe(10)
  const peer = batchRow({ impl: 'onnxruntime-node', threads: 2, seconds: [6], trouble: null }, 30)
  expect(batchRatios([row, peer])).toEqual({ 'onnxruntime-node': { 2: 2 } })
})

describe('outputs', () => {
  const judged = (impl: 'weft' | PeerName, found: number[], first: number[]) => {
    const own = outcome(impl, 2, [])
    judgeModel(own, Float32Array.from(found), Float32Array.from(first))
    return own
  }
  it('of a peer may differ by a thousandth of the range, those of weft by no bit', () => {
    expect(judged('onnxruntime-node', [0, 10.005], [0, 10]).trouble).toBe(null)
    expect(judged('onnxruntime-node', [0, 10.02], [0, 10]).trouble).toMatch(/2\.0e-3 of their range/)
    expect(judged('weft', [0, 10], [0, 10]).trouble).toBe(null)
    expect(judged('weft', [0, 10.00001], [0, 10]).trouble).toMatch(/^2 threads: 1 of 2 numbers differ/)
  })
  it('of another length, and ones that are no numbers, are wrong', () => {
    expect(judged('onnxruntime-node', [0], [0, 1]).trouble).toMatch(/Infinity of their range/)
    expect(judged('onnxruntime-node', [0, Number.NaN], [0, 1]).trouble).toMatch(/not finite/)
  })
})

it('results of a batch are those of weft, item by item and rank by rank', () => {
  const line = (id: string, ...scores: number[]) => ({ id, top: scores.map((score, i) => ({ class: i, score })) })
  const first = [line('a.jpg', 8, 2), line('b.jpg', 5, -20)]
  expect(unlike([line('a.jpg', 8.001, 2), line('b.jpg', 5, -20)], first, 2)).toBe(null)
  expect(unlike([line('a.jpg', 8, 2.1), line('b.jpg', 5, -20)], first, 2)).toMatch(/scores of a\.jpg are 0\.100 away/)
  expect(unlike([line('a.jpg', 8, 2), line('c.jpg', 5, -20)], first, 2)).toMatch(/c\.jpg/)
  expect(unlike([line('a.jpg', 8), line('b.jpg', 5, -20)], first, 2)).toMatch(/a\.jpg are Infinity/)
  expect(unlike([line('a.jpg', 8, 2)], first, 2)).toBe('it wrote 1 results of 2 items')
})
