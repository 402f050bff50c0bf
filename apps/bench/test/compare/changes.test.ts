import { describe, expect, it } from 'vitest'
import { changesOf, type Timing } from '../../src/compare/changes.ts'
import { generator } from '../../src/random.ts'

/** Times around `ms`: each round drifts by up to `drift`, each time scatters by 3% and is now and then late. */
function made(key: string, ms: number, random: () => number, drift = 0.01): Timing {
  const rounds = Array.from({ length: 5 }, () => {
    const level = ms * (1 + drift * (2 * random() - 1))
    return Array.from({ length: 40 }, () => level * (1 + 0.03 * random() + (random() > 0.95 ? 0.5 : 0)))
  })
  return { name: key, way: 'channels, 2 threads', key, rounds }
}
const names = Array.from({ length: 20 }, (_, index) => `layer ${index}`)

describe('changesOf', () => {
  it('finds no change between measurements of the same, whatever the seed', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = generator(seed)
      const [before, after] = [0, 1].map(() => names.map((name, index) => made(name, 1 + index, random)))
      const { rows, mean } = changesOf(before, after, seed)
      expect({ seed, verdicts: rows.map(({ verdict }) => verdict) }).toEqual({ seed, verdicts: names.map(() => 'same') })
      expect(mean?.verdict, `seed ${seed}`).toBe('same')
    }
  })

  it('finds what became slower and faster, and by how much', () => {
    const random = generator(7)
    const before = names.map((name) => made(name, 5, random))
    const after = names.map((name, index) => made(name, index === 3 ? 5.5 : index === 8 ? 4.5 : 5, random))
    const { rows } = changesOf(before, after, 1)
    const changed = rows.filter(({ verdict }) => verdict !== 'same')
    expect(changed.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['layer 3', 'slower'],
      ['layer 8', 'faster'],
    ])
    expect(changed[0].interval.low).toBeLessThan(1.1)
    expect(changed[0].interval.high).toBeGreaterThan(1.1)
  })

  it('finds a small change of everything in the mean, though no row alone shows it', () => {
    const random = generator(9)
    const before = names.map((name) => made(name, 5, random, 0.03))
    const after = names.map((name) => made(name, 5.15, random, 0.03))
    const { mean } = changesOf(before, after, 1)
    expect(mean?.verdict).toBe('slower')
    expect(mean?.ratio).toBeCloseTo(1.03, 1)
  })

  it('takes what drifts between rounds for noise, however many times each has', () => {
    const rounds = (levels: readonly number[]) => levels.map((level) => new Array(60).fill(level))
    const timing = (levels: readonly number[]): Timing => ({ name: 'a', way: '', key: 'a', rounds: rounds(levels) })
    const { rows } = changesOf([timing([1, 1.1, 0.9, 1.05, 0.95])], [timing([1.06, 0.97, 1.12, 1.01, 0.93])], 1)
    expect(rows[0].verdict).toBe('same')
  })

  it('is the same for the same seed, and says nothing of too few rounds', () => {
    const random = generator(11)
    const [before, after] = [[made('a', 1, random)], [made('a', 1.2, random)]]
    expect(changesOf(before, after, 5)).toEqual(changesOf(before, after, 5))
    const few = [
      {
        ...before[0],
        rounds: [
          [1, 1, 1, 1],
          [1, 1],
        ],
      },
    ]
    expect(changesOf(few, after, 5)).toMatchObject({ rows: [{ verdict: 'too few' }], mean: null })
  })

  it('names what only one of the measurements has', () => {
    const random = generator(13)
    const [a, b, c] = ['a', 'b', 'c'].map((name) => made(name, 1, random))
    const { rows, onlyBefore, onlyAfter } = changesOf([a, b], [b, c], 1)
    expect([rows, onlyBefore, onlyAfter].map((some) => some.map(({ name }) => name))).toEqual([['b'], ['a'], ['c']])
  })
})
