// Text laid out for 80 columns: aligned tables, wrapped paragraphs, numbers of a fixed length.

export const WIDTH = 80
/** A space that `wrapped` does not break a line at. */
export const HARD_SPACE = '\u00a0'

/** Columns as wide as their widest cell, the first to the left and the others to the right, one space between. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join(' ')
      .trimEnd(),
  )
}

/** `1 thread`, `2 threads`. */
export function counted(threads: number): string {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

/** Words in lines of at most 80 columns: `label` before the first, spaces of its length before the others. */
export function wrapped(label: string, text: string, continuation = ''): string[] {
  const lines: string[] = []
  let line = label
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length + continuation.length > WIDTH) {
      lines.push(line + continuation)
      line = ' '.repeat(label.length)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].map((text) => text.replaceAll(HARD_SPACE, ' '))
}

/** Four digits or so, whatever the size. */
export function number(value: number): string {
  if (value >= 1000) return value.toFixed(0)
  if (value >= 100) return value.toFixed(1)
  if (value >= 10) return value.toFixed(2)
  if (value >= 1) return value.toFixed(3)
  if (value === 0) return '0'
  return value.toFixed(value >= 0.1 ? 4 : 5)
}

const UNITS = ['', 'K', 'M', 'G', 'T', 'P']

/** 115605504 as 115.6 M: a count with a unit of thousands. */
export function scaled(value: number): string {
  let [rest, unit] = [value, 0]
  for (; rest >= 1000 && unit < UNITS.length - 1; unit++) rest /= 1000
  return `${unit === 0 ? rest : number(rest)} ${UNITS[unit]}`
}
