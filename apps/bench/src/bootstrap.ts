// The bootstrap (B. Efron, Annals of Statistics 7, 1979): how far a figure may lie from the truth, found by drawing its samples again.
import type { Rounds } from './rounds.ts'
import { quantile } from './statistics.ts'
import { studentReach } from './student.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

export const RESAMPLINGS = 400

/** Indices of rounds, drawn with replacement: rows that were measured in turn share them, since what drifts moves all of them. */
export function drawnRounds(count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * count))
}

/** The median of times drawn with replacement from the rounds that were drawn. */
export function drawnMedian(rounds: Rounds, drawn: readonly number[], random: () => number): number {
  const times = drawn.flatMap((index) => rounds[index].map(() => rounds[index][Math.floor(random() * rounds[index].length)]))
  return quantile(Float64Array.from(times).sort(), 0.5)
}

/**
 * The interval around a positive figure that holds the truth with probability `level`: the standard error of the logarithms of
 * resampled ones, as far as Student's t reaches. Rounds are few: a draw of n rounds varies by (n - 1) / n of what they do.
 * @param rounds how many rounds each sample has that the figure is made of
 */
export function intervalAround(figure: number, resampled: readonly number[], rounds: readonly number[], level: number): Interval {
  const logarithms = resampled.map(Math.log)
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length
  const squares = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const least = Math.min(...rounds)
  const error = Math.sqrt((squares / (logarithms.length - 1)) * (least / (least - 1)))
  const freedom = rounds.reduce((sum, count) => sum + count - 1, 0)
  const factor = Math.exp(studentReach(level, freedom) * error)
  return { low: figure / factor, high: figure * factor }
}
