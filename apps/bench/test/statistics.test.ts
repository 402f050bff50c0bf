import { describe, expect, it } from 'vitest'
import { quantile, summarise } from '../src/statistics.ts'

describe('quantile', () => {
  it('lies between two neighbours by how near it is to each', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
    expect(quantile([1, 2, 3, 4, 5], 0.1)).toBeCloseTo(1.4, 12)
    expect(quantile([7], 0.9)).toBe(7)
  })
})

describe('summarise', () => {
  it('orders numbers by size, not by text, and leaves the sample alone', () => {
    const samples = [100, 9, 20, 3, 50]
    const summary = summarise(samples)
    expect(samples).toEqual([100, 9, 20, 3, 50])
    expect(summary).toMatchObject({ runs: 5, min: 3, p25: 9, p50: 20, p75: 50, max: 100, mean: 36.4 })
    expect(summary.deviation).toBeCloseTo(Math.sqrt(6365.2 / 4), 9)
    expect(summary.mad).toBe(17)
  })

  it('takes a single sample', () => {
    expect(summarise([2])).toMatchObject({
      runs: 1,
      min: 2,
      p1: 2,
      p10: 2,
      p50: 2,
      p90: 2,
      p99: 2,
      max: 2,
      mean: 2,
      deviation: 0,
      mad: 0,
    })
  })

  it('keeps its quantiles in order', () => {
    const { min, p1, p5, p10, p25, p50, p75, p90, p95, p99, max } = summarise(Array.from({ length: 37 }, (_, i) => (i * 17) % 37))
    const quantiles = [min, p1, p5, p10, p25, p50, p75, p90, p95, p99, max]
    expect([...quantiles].sort((a, b) => a - b)).toEqual(quantiles)
  })
})
