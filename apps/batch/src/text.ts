// Text for people: wrapped lines, tables, sizes, and names that cannot disturb a terminal.
import { WeftError } from '@weft/core'
import picocolors from 'picocolors'

const { createColors } = picocolors

export const COLUMNS = 80

/** Breaks at spaces; lines after the first begin with `indent`. A word longer than the line stays whole. */
export function wrap(text: string, columns = COLUMNS, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    if (line === '') line = word
    else if (line.length + 1 + word.length <= columns) line += ` ${word}`
    else {
      lines.push(line)
      line = indent + word
    }
  }
  return [...lines, line].join('\n')
}

/** Two columns, the second wrapped under itself. */
export function table(rows: readonly (readonly [string, string])[], columns = COLUMNS, left = 2, widest = 24): string {
  const width = Math.min(widest, Math.max(...rows.map(([name]) => name.length)))
  const indent = ' '.repeat(left + width + 2)
  return rows
    .map(([name, about]) => {
      const head = ' '.repeat(left) + name.padEnd(width)
      return name.length > width
        ? `${head}\n${wrap(indent + about, columns, indent)}`
        : wrap(`${head}  ${about}`, columns, indent)
    })
    .join('\n')
}

/** `12.3 MB`: powers of ten, as file managers show them. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6
  return `${value >= 100 ? Math.round(value) : value.toFixed(value >= 10 ? 1 : 2)} MB`
}

/** A name as one line: control characters of a file's name are shown, not obeyed. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** `1 item`, `1,000 items`. No library: `toLocaleString` loads its tables for 20 ms, at the end of every run. */
export function count(n: number, noun: string): string {
  return `${String(n).replace(/\B(?=(\d{3})+$)/g, ',')} ${noun}${n === 1 ? '' : 's'}`
}

/** Colours for a terminal, none where output goes elsewhere or NO_COLOR is set. */
export function coloursFor(stream: NodeJS.WriteStream): ReturnType<typeof createColors> {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  return createColors(!NO_COLOR && (forced || (stream.isTTY === true && TERM !== 'dumb')))
}

/** An error that ends the command, on standard error: its code and sentence; a fault of weft with its stack. */
export function complain(error: unknown): void {
  const { red } = coloursFor(process.stderr)
  const known = error instanceof WeftError && error.code !== 'INTERNAL'
  const text = known
    ? `${error.code}: ${oneLine(error.message)}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
  process.stderr.write(`${red('weft:')} ${known ? wrap(text, COLUMNS - 6, '  ') : text}\n`)
}
