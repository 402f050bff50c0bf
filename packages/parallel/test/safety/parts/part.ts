// What every part of the suite gives back, and the words in which it does.
import type { Ended, Line } from '../spawn.ts'

export interface Outcome {
  /** In a line, with numbers. */
  readonly summary: string
  /** One entry a failure, with what repeats it. */
  readonly failures: readonly string[]
  /** Why there was nothing to test here. */
  readonly skipped?: string
}

const SCRIPT = 'npx -y pnpm@12.21.0 exec node --conditions=@weft/source packages/parallel/scripts/safety.ts'
export const repeat = (args: string): string => `\n  repeat: ${SCRIPT} ${args}`

/** What keeps machine code away from a machine that it is written for; anything else is a fault of the object. */
const SURROUNDINGS = /failed to map segment|EROFS|EACCES|EPERM|ENOENT|ENOTDIR|ENOSPC|permission model|is written for Linux/

/** What a child said that could not load machine code: nothing to test, or a failure. */
export function unloaded({ lines }: Pick<Ended, 'lines'>): Outcome | null {
  const skipped = lines.find((line): line is Line & { skipped: string } => typeof line.skipped === 'string')?.skipped
  if (skipped === undefined) return null
  if (SURROUNDINGS.test(skipped)) return { summary: '', failures: [], skipped }
  return { summary: '', failures: [`machine code was not loaded: ${skipped}`] }
}

/** What a child said that failed, and its end where that was no good one. */
export function failuresOf({ lines, code, signal, noise }: Ended, again: string): string[] {
  const failed = lines.filter((line) => line.failed !== undefined)
  const failures = failed.map((line) => `case ${line.failed} ${line.name ?? ''}: ${line.why}\n  ${line.text}${repeat(again)}`)
  if (code === 0) return failures
  const at = lines.findLast((line) => line.at !== undefined)
  const where = at === undefined ? '' : ` in case ${at.at} ${at.name ?? at.kernel}\n  ${at.text}`
  return [...failures, `ended with ${signal ?? code}${where}\n  ${noise}${repeat(again)}`]
}
