// Chance in the search with damaged files: all of it follows from the seed and the number of the file.
import { randomNumbers } from '../random.ts'

/** Whole numbers from 0 to below n. */
export type Below = (n: number) => number

/** The same for the same seed and file. */
export function belowOf(seed: number, index: number): Below {
  const random = randomNumbers(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  return (n) => Math.floor(random() * n)
}

export function pick<T>(choices: readonly T[], below: Below): T | undefined {
  return choices[below(choices.length)]
}
