// How the command ends: one number for each kind of end.
import { type ErrorCode, WeftError } from '@weft/core'

export const EXIT = {
  done: 0,
  someFailed: 1,
  usage: 2,
  missing: 3,
  fatal: 7,
  SIGINT: 130,
  SIGTERM: 143,
} as const

/** For `--help`. */
export const EXIT_TEXT: readonly (readonly [string, string])[] = [
  ['0', 'everything was done'],
  ['1', 'some items failed; each was named, the others are done'],
  ['2', 'a flag or its value cannot be used; nothing was done'],
  ['3', 'an input is not there; nothing was done'],
  ['7', 'weft could not run at all'],
  ['130, 143', 'stopped by Ctrl-C, by SIGTERM; what was written is whole'],
]

/** What the user gave cannot be used, whatever the machine. */
const USAGE: readonly ErrorCode[] = ['OPTION', 'PROBLEM', 'SHAPE', 'DTYPE', 'TOO_LARGE', 'TIER', 'WEIGHTS']

/** The end that an error brings when it comes before or outside of the items. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof WeftError)) return EXIT.fatal
  if (error.code === 'NOT_FOUND') return EXIT.missing
  return USAGE.includes(error.code) ? EXIT.usage : EXIT.fatal
}
