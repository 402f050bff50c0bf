import { parseProblem } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { caseResult, figuresOf, type Outcome, totalsOf } from '../src/figures.ts'

const outcome = (mode: 'channels' | 'items', threads: number, samples: number[], trouble: string | null = null): Outcome => ({
  mode,
  threads,
  copies: mode === 'items' ? threads : 1,
  rounds: samples.length === 0 ? [] : [samples],
  prepareMs: 1,
  firstRunMs: 2,
  selection: { kernel: 'some', refusals: [{ kernel: 'other', reason: 'of a reason' }] },
  where: null,
  identical: trouble === null,
  trouble,
})
// 64 * 64 * 9 * 56 * 56 multiply-accumulates.
const layer = { problem: parseProblem('mb2ic64ih56oc64kh3ph1'), count: 3 }
const FLOPS = 2 * 2 * 64 * 64 * 9 * 56 * 56

describe('figuresOf', () => {
  it('has GFLOP/s over the median, speed-up over one thread, both shares', () => {
    expect(figuresOf(4e9, 20, 4, 60, 100)).toEqual({ gflops: 200, speedup: 3, efficiency: 0.75, peakShare: 0.5 })
  })
  it('leaves out what cannot be known', () => {
    expect(figuresOf(4e9, 20, 4, null, null)).toEqual({ gflops: 200, speedup: null, efficiency: null, peakShare: null })
  })
})

describe('caseResult', () => {
  it('compares each way with its own single thread', () => {
    const outcomes = [
      outcome('channels', 1, [10, 12, 11]),
      outcome('channels', 2, [5.5]),
      outcome('items', 1, [8]),
      outcome('items', 2, [4.4, 4, 3]),
    ]
    const result = caseResult(layer, outcomes, null, 50)
    expect(result).toMatchObject({
      flops: FLOPS,
      count: 3,
      kernel: 'some',
      refusals: [{ kernel: 'other' }],
      xShape: [2, 64, 56, 56],
    })
    expect(result.rows.map(({ figures }) => figures?.speedup)).toEqual([1, 2, 1, 2])
    expect(result.rows.map(({ batch }) => batch)).toEqual([2, 2, 2, 4])
    expect(result.rows[0].figures?.gflops).toBeCloseTo(FLOPS / 11e6, 6)
    expect(result.rows[3].ms).toMatchObject({ min: 3, p50: 4, max: 4.4, runs: 3 })
  })

  it('gives no time to a row in trouble, and no speed-up where one thread failed', () => {
    const outcomes = [outcome('channels', 1, [10], 'a sentence'), outcome('channels', 2, [5])]
    const { rows } = caseResult(layer, outcomes, null, null)
    expect(rows[0]).toMatchObject({ ms: null, figures: null, identical: false, trouble: 'a sentence' })
    expect(rows[1].figures).toMatchObject({ speedup: null, efficiency: null, peakShare: null })
  })
})

describe('totalsOf', () => {
  const other = { problem: parseProblem('ic8ih4oc8kh1'), count: 2 }
  it('adds medians times counts', () => {
    const cases = [
      caseResult(layer, [outcome('items', 1, [10]), outcome('items', 2, [6])], null, 50),
      caseResult(other, [outcome('items', 1, [1]), outcome('items', 2, [1])], null, 50),
    ]
    const totals = totalsOf(cases, 50)
    expect(totals.map(({ ms }) => ms)).toEqual([32, 20])
    expect(totals[1].figures.speedup).toBe(1.6)
    expect(totals[0].figures.gflops).toBeCloseTo((3 * FLOPS + 2 * 2 * 64 * 16) / 32e6, 9)
  })

  it('has no total where a case has no time', () => {
    const cases = [caseResult(layer, [outcome('items', 1, [10])], null, 50), caseResult(other, [], 'no memory', 50)]
    expect(totalsOf(cases, 50)).toEqual([])
  })
})
