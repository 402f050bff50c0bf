import { describe, expect, it } from 'vitest'
import { drawnMedian, drawnRounds, intervalAround, RESAMPLINGS } from '../src/bootstrap.ts'
import { generator } from '../src/random.ts'
import { quantile } from '../src/statistics.ts'

describe('intervalAround', () => {
  it('holds the true median about as often as it says, where rounds drift more than their times scatter', () => {
    const [seed, tries] = [1, 300]
    const random = generator(seed)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    let held = 0
    for (let turn = 0; turn < tries; turn++) {
      const rounds = Array.from({ length: 5 }, () => {
        const level = Math.exp(0.02 * normal())
        return Array.from({ length: 12 }, () => level * Math.exp(0.005 * normal()))
      })
      const resampled = Array.from({ length: RESAMPLINGS }, () => drawnMedian(rounds, drawnRounds(5, random), random))
      const median = quantile(Float64Array.from(rounds.flat()).sort(), 0.5)
      const { low, high } = intervalAround(median, resampled, [5], 0.95)
      if (low <= 1 && 1 <= high) held++
    }
    expect(held / tries, `seed ${seed}`).toBeGreaterThan(0.9)
    expect(held / tries, `seed ${seed}`).toBeLessThan(1)
  })
})
