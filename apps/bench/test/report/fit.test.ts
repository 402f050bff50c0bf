import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestThreads, countsToFit, fitAmdahl, fitUniversal, type Law, misfit, speedupOf } from '../../src/report/fit.ts'

const pointsOf = (law: Law, counts: readonly number[]) => counts.map((threads) => ({ threads, speedup: speedupOf(law, threads) }))

describe('laws of speed-up', () => {
  it('are what their formulas say', () => {
    // Amdahl: 1 / (s + (1 - s) / n) with s = 0.1 at 10 is 1 / 0.19.
    expect(speedupOf({ contention: 0.1, coherency: 0 }, 10)).toBeCloseTo(1 / 0.19, 12)
    // 8 / (1 + 0.02 x 7 + 0.001 x 8 x 7)
    expect(speedupOf({ contention: 0.02, coherency: 0.001 }, 8)).toBeCloseTo(8 / 1.196, 12)
    expect(bestThreads({ contention: 0.19, coherency: 0.0001 })).toBeCloseTo(90, 12)
    expect(bestThreads({ contention: 0.19, coherency: 0 })).toBe(Number.POSITIVE_INFINITY)
  })

  it('are found again from points on their curves', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        (contention, coherency) => {
          const amdahl = fitAmdahl(pointsOf({ contention, coherency: 0 }, [1, 2, 4]))
          expect(amdahl?.contention).toBeCloseTo(contention, 9)
          const found = fitUniversal(pointsOf({ contention, coherency }, [1, 2, 3, 4, 8, 16]))
          expect(found?.contention).toBeCloseTo(contention, 7)
          expect(found?.coherency).toBeCloseTo(coherency, 7)
        },
      ),
    )
  })

  it('lie between measurements that scatter, nearer than any law beside them', () => {
    const law = { contention: 0.05, coherency: 0.001 }
    const scattered = pointsOf(law, [1, 2, 4, 8, 16]).map(({ threads, speedup }, i) => ({
      threads,
      speedup: speedup * (threads === 1 ? 1 : 1 + (i % 2 === 0 ? 0.01 : -0.01)),
    }))
    const found = fitUniversal(scattered) as Law
    expect(found.contention).toBeCloseTo(0.05, 1)
    expect(found.coherency).toBeCloseTo(0.001, 3)
    expect(misfit(found, scattered)).toBeLessThan(0.011)
  })

  it('have no negative part where more threads gain more than themselves', () => {
    const beyond = [1, 2, 4].map((threads) => ({ threads, speedup: 1.1 * threads }))
    expect(fitAmdahl(beyond)).toEqual({ contention: 0, coherency: 0 })
    expect(fitUniversal(beyond)).toEqual({ contention: 0, coherency: 0 })
    // Falls off later than any contention does: all of it is coherency.
    const late = [1, 2, 4, 8].map((threads) => ({ threads, speedup: threads === 8 ? 5 : threads }))
    expect(fitUniversal(late)).toMatchObject({ contention: 0, coherency: expect.any(Number) })
  })

  it('are not fitted to fewer points than they have parameters', () => {
    const points = pointsOf({ contention: 0.1, coherency: 0 }, [1, 2, 2])
    expect(countsToFit(points)).toBe(1)
    expect(fitAmdahl(points)?.contention).toBeCloseTo(0.1, 12)
    expect(fitUniversal(points)).toBeNull()
    expect(fitAmdahl(points.slice(0, 1))).toBeNull()
  })
})
