// A small plot of speed-up by threads, drawn with characters: what the page shows, at a glance in a terminal.
import { type Colours, plain } from './colours.ts'
import { WIDTH } from './layout.ts'
import type { Mode } from './mode.ts'
import type { Curve } from './report/curve.ts'

const SIGNS: Readonly<Record<Mode, string>> = { channels: 'c', items: 'i' }
const [BOTH, IDEAL] = ['*', '.']
const HEIGHT = 9
/** Of the scale at the left. A plot is no wider than can be taken in, and none is drawn in less than the least. */
const [SCALE, MOST, LEAST] = [7, 50, 12]

/** @param columns of the terminal. @returns no lines where there is one thread only, or no room */
export function plotLines(curves: readonly Curve[], columns = WIDTH, colours: Colours = plain): string[] {
  const width = Math.min(MOST, Math.min(columns, WIDTH) - SCALE)
  const points = curves.flatMap(({ points }) => points)
  const most = Math.max(1, ...points.map(({ threads }) => threads))
  if (most === 1 || width < LEAST) return []
  const top = Math.max(most, ...points.map(({ speedup }) => speedup))
  const columnOf = (threads: number) => Math.round(((threads - 1) / (most - 1)) * (width - 1))
  const rowOf = (speedup: number) => Math.round((1 - speedup / top) * (HEIGHT - 1))

  const cells = Array.from({ length: HEIGHT }, () => Array.from({ length: width }, () => ' '))
  for (let column = 0; column < width; column++) cells[rowOf(1 + (column / (width - 1)) * (most - 1))][column] = IDEAL
  for (const { mode, points } of curves) {
    for (const { threads, speedup } of points) {
      const [row, column] = [cells[rowOf(speedup)], columnOf(threads)]
      row[column] = [IDEAL, ' ', SIGNS[mode]].includes(row[column]) ? SIGNS[mode] : BOTH
    }
  }

  const scale = new Map([rowOf(top), rowOf(1)].map((row, index) => [row, index === 0 ? shortly(top) : shortly(1)]))
  const paint = (sign: string) =>
    sign === SIGNS.channels ? colours.cyan(sign) : sign === SIGNS.items ? colours.yellow(sign) : sign
  const drawn = cells.map((row, index) => {
    const signs = row.join('').trimEnd()
    return `${(scale.get(index) ?? '').padStart(SCALE - 2)} |${[...signs].map(paint).join('')}`
  })
  const keys = [...curves.map(({ mode }) => `${paint(SIGNS[mode])} ${mode}`), ...(curves.length > 1 ? [`${BOTH} both`] : [])]
  return [
    ...drawn,
    `${' '.repeat(SCALE - 1)}+${'-'.repeat(width)}`,
    ' '.repeat(SCALE) +
      threadsLine(
        points.map(({ threads }) => threads),
        columnOf,
        width,
      ),
    `speed-up by threads: ${keys.join(', ')}, ${IDEAL} ideal`,
  ]
}

function shortly(speedup: number): string {
  return speedup.toFixed(speedup < 100 ? 1 : 0)
}

/** Each count below its column, as far as there is room; the largest is always there. */
function threadsLine(counts: readonly number[], columnOf: (threads: number) => number, width: number): string {
  const line = Array.from({ length: width }, () => ' ')
  for (const threads of [...new Set(counts)].sort((a, b) => b - a)) {
    const word = String(threads)
    const from = Math.min(columnOf(threads), width - word.length)
    const around = line.slice(Math.max(0, from - 1), from + word.length + 1)
    if (around.every((sign) => sign === ' ')) line.splice(from, word.length, ...word)
  }
  return line.join('').trimEnd()
}
