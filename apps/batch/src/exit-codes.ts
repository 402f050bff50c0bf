// How the command ends: one number for each kind of end.
import { type ErrorCode, WeftError } from '@weft/core'
import { isRetryable } from './failure.ts'
import type { Reason } from './stop.ts'
import type { Tally } from './tally.ts'

export const EXIT = {
  done: 0,
  someFailed: 1,
  usage: 2,
  missing: 3,
  retryable: 5,
  fatal: 7,
  timeLimit: 10,
  SIGINT: 130,
  SIGTERM: 143,
} as const

/** For `--help`. */
export const EXIT_TEXT: readonly (readonly [string, string])[] = [
  ['0', 'everything is done'],
  ['1', 'some items failed, and would again; each was named, the others are done'],
  ['2', 'a flag or its value cannot be used; nothing was done'],
  ['3', 'an input or a model is not there; nothing was done'],
  [
    '5',
    'starting again may do the rest: a disk was full, a worker died, an item took too long, or another process is at work there',
  ],
  ['7', 'weft could not run at all'],
  ['10', 'the time limit was reached; starting again goes on'],
  ['130, 143', 'stopped by Ctrl-C, by SIGTERM; what was written is whole, starting again goes on'],
]

/** What the user gave cannot be used, whatever the machine. */
const USAGE: readonly ErrorCode[] = ['OPTION', 'PROBLEM', 'SHAPE', 'DTYPE', 'TOO_LARGE', 'TIER', 'WEIGHTS']

/** The end that an error brings when it comes before or outside of the items. */
export function exitCodeOf(error: unknown): number {
  if (isRetryable(error)) return EXIT.retryable
  if (!(error instanceof WeftError)) return EXIT.fatal
  if (error.code === 'NOT_FOUND') return EXIT.missing
  return USAGE.includes(error.code) ? EXIT.usage : EXIT.fatal
}

/** The end of a run. */
export function exitCodeAfter({ failed, retryable }: Pick<Tally, 'failed' | 'retryable'>, reason: Reason | null): number {
  if (reason === 'SIGINT' || reason === 'SIGTERM') return EXIT[reason]
  if (reason === 'time') return EXIT.timeLimit
  if (reason === 'full' || retryable > 0) return EXIT.retryable
  return failed === 0 ? EXIT.done : EXIT.someFailed
}
