// Changes between two measurements: ratios of medians, and whether they lie beyond the noise.
import { drawnMedian, drawnRounds, type Interval, intervalAround, RESAMPLINGS } from '../bootstrap.ts'
import { generator } from '../random.ts'
import type { Rounds } from '../rounds.ts'
import { quantile } from '../statistics.ts'

/** What was timed in one row of results. */
export interface Timing {
  /** Of the problem, as a person calls it. */
  readonly name: string
  /** What tells it from other rows of that name: library, way, threads. */
  readonly way: string
  /** The same in both files for the same thing. */
  readonly key: string
  readonly rounds: Rounds
}

export interface Change {
  readonly name: string
  readonly way: string
  /** Median milliseconds. */
  readonly before: number
  readonly after: number
  /** After over before; over 1 is slower. */
  readonly ratio: number
  readonly interval: Interval
  readonly verdict: Verdict
}

export type Verdict = 'slower' | 'faster' | 'same' | 'too few'

export interface Changes {
  readonly rows: readonly Change[]
  /** Geometric mean of the ratios of all rows that have enough times; null where none has. */
  readonly mean: { readonly ratio: number; readonly interval: Interval; readonly verdict: Verdict } | null
  readonly onlyBefore: readonly Timing[]
  readonly onlyAfter: readonly Timing[]
  readonly seed: number
}

/** How sure all verdicts of rows are together: each interval is wider, the more rows there are (C. Bonferroni). */
export const SURE = 0.95
/** Of fewer rounds nothing is said: how much they drift is not known. */
const LEAST_ROUNDS = 3

export function changesOf(before: readonly Timing[], after: readonly Timing[], seed: number): Changes {
  const random = generator(seed)
  const others = new Map(after.map((timing) => [timing.key, timing]))
  const keys = new Set(before.map(({ key }) => key))
  const pairs = before.flatMap((timing): [Timing, Timing][] => {
    const other = others.get(timing.key)
    return other === undefined ? [] : [[timing, other]]
  })
  const told = pairs.filter((pair) => pair.every(enough))
  const level = 1 - (1 - SURE) / Math.max(1, told.length)
  const sums = new Float64Array(RESAMPLINGS)
  const draws = new Draws(random)
  const rows = pairs.map(([from, to]): Change => {
    const medians = { before: medianOf(from.rounds), after: medianOf(to.rounds) }
    const ratio = medians.after / medians.before
    const row = { name: from.name, way: from.way, ...medians, ratio }
    if (!enough(from) || !enough(to)) return { ...row, interval: { low: Number.NaN, high: Number.NaN }, verdict: 'too few' }
    const ratios = Array.from({ length: RESAMPLINGS }, (_, index) => {
      const [top, bottom] = [draws.of('after', to, index), draws.of('before', from, index)]
      return drawnMedian(to.rounds, top, random) / drawnMedian(from.rounds, bottom, random)
    })
    for (const [index, one] of ratios.entries()) sums[index] += Math.log(one)
    const interval = intervalAround(ratio, ratios, roundsOf([from, to]), level)
    return { ...row, interval, verdict: verdictOf(interval) }
  })
  return {
    rows,
    mean: meanOf(rows, sums, told[0] ?? []),
    onlyBefore: before.filter(({ key }) => !others.has(key)),
    onlyAfter: after.filter(({ key }) => !keys.has(key)),
    seed,
  }
}

/** @param sums of the logarithms of all rows, one a resampling */
function meanOf(rows: readonly Change[], sums: Float64Array, pair: readonly Timing[]): Changes['mean'] {
  const told = rows.filter(({ verdict }) => verdict !== 'too few')
  if (told.length === 0) return null
  const logarithms = told.reduce((sum, { ratio }) => sum + Math.log(ratio), 0)
  const ratio = Math.exp(logarithms / told.length)
  const interval = intervalAround(
    ratio,
    [...sums].map((sum) => Math.exp(sum / told.length)),
    roundsOf(pair),
    SURE,
  )
  return { ratio, interval, verdict: verdictOf(interval) }
}

/** Rows of one problem took turns: a resampling draws the same rounds for all of them. */
class Draws {
  readonly #random: () => number
  readonly #drawn = new Map<string, number[][]>()

  constructor(random: () => number) {
    this.#random = random
  }

  of(side: 'before' | 'after', { name, rounds }: Timing, resampling: number): readonly number[] {
    const key = `${side} ${rounds.length} ${name}`
    let drawn = this.#drawn.get(key)
    if (drawn === undefined) {
      drawn = Array.from({ length: RESAMPLINGS }, () => drawnRounds(rounds.length, this.#random))
      this.#drawn.set(key, drawn)
    }
    return drawn[resampling]
  }
}

function verdictOf({ low, high }: Interval): Verdict {
  return low > 1 ? 'slower' : high < 1 ? 'faster' : 'same'
}

function enough({ rounds }: Timing): boolean {
  return rounds.length >= LEAST_ROUNDS
}

function roundsOf(pair: readonly Timing[]): number[] {
  return pair.map(({ rounds }) => rounds.length)
}

function medianOf(rounds: Rounds): number {
  return quantile(Float64Array.from(rounds.flat()).sort(), 0.5)
}
