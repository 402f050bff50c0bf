// Words as a shell wants them, and a command that can be copied from where it is printed.
import { HARD_SPACE, wrapped } from './layout.ts'

export function quoted(word: string): string {
  return /^[\w./,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** How a measurement is repeated, for the head of a table: lines go on where a shell takes them as one, not within quotes. */
export function repeatLines(command: string): string[] {
  const whole = command.replace(/'[^']*'/g, (words) => words.replaceAll(' ', HARD_SPACE))
  return wrapped('repeat   ', whole, ' \\')
}
