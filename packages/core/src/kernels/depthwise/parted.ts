// Pixels of a picture that are parted by a stride of 2, as machine code: loaded once a row, and moved by one for taps beside.
import type { Machine, Vec } from '../../isa/machine.ts'
import type { MaskedLanes } from '../../isa/masked-lanes.ts'
import type { Column, Load, Pixels } from './pixels.ts'
import type { Rows } from './rows.ts'
import type { DepthwiseShape } from './shape.ts'

/**
 * How a tap comes by its pixels: they are loaded and parted; or those of the next offset are, and moved back; or those that are
 * there are moved on; or they are there.
 */
const [LOAD, BACK, ON, HELD] = [0, 1, 2, 3]

/** That of every tap of a row in turn, with its phase and the phases of it and those after it. */
function waysOf({ taps, phases, dilation }: Rows) {
  let held = Number.NaN
  return taps.map(({ offset, index }, tap) => {
    const phase = phases[index]
    const first = dilation === 1 && tap === 0 && phase === 1 && taps[1]?.offset > offset
    const way = held === offset ? HELD : dilation === 1 && held === offset - 1 ? ON : first ? BACK : LOAD
    held = first ? offset + 1 : offset
    return { way, offset, phase, rest: [...new Set(taps.slice(tap).map(({ index }) => phases[index]))] }
  })
}

/** Loads and shuffles of a row for a vector of pixels, and registers: of every column, and what columns share. */
export function partedCost(rows: Rows): [loads: number, shuffles: number, each: number, shared: number] {
  let [loads, shuffles, shared] = [0, 0, 0]
  for (const { way, rest } of waysOf(rows)) {
    if (way < ON) loads += 2
    if (way < HELD) shuffles += rest.length
    if (way !== BACK && way !== ON) continue
    loads++
    if (way === BACK) shuffles++
    shared = 3
  }
  return [loads, shuffles, 3, shared]
}

/**
 * Of rows that exist, by their place in the picture. Sums are in the order of `MaskedLanes.part`.
 * @param spare a register for every column, for pixels that are moved out of the way of others
 */
export function partedPixels(
  m: Machine,
  { rows }: DepthwiseShape,
  columns: readonly Column[],
  spare: readonly Vec[],
  load: Load,
): Pixels {
  const { lanes } = m.traits
  const masked = m.masked as MaskedLanes
  const ways = waysOf(rows)
  // Pixels of both phases.
  const registers = columns.map((_, col) => [m.vec(), m.vec(), spare[col]])
  const moves = (which: number, by: 1 | -1) => (ways.some(({ way }) => way === which) ? masked.moves(by) : null) as Vec
  const [on, back] = [moves(ON, 1), moves(BACK, -1)]
  const single = ((on ?? back) && m.vec()) as Vec
  const read = (to: Vec, { x, beyond, start }: Column, row: number, float: number, count: number) =>
    load(to, x, 4 * (row + 2 * beyond + float), 2 * start + float, count)
  const part = (row: number, offset: number, phases: readonly number[]) =>
    columns.forEach((column, col) => {
      const [even, odd, spare] = registers[col]
      read(even, column, row, 2 * offset, lanes)
      read(spare, column, row, 2 * offset + lanes, lanes)
      if (phases.includes(1)) masked.part(odd, even, spare, 1)
      if (phases.includes(0)) masked.part(even, even, spare, 0)
    })
  /** Moves a phase to other registers; what comes in is the next column's that way, or float `float` of the row. */
  const move = (row: number, phase: number, to: number, by: Vec, way: 1 | -1, float: number) =>
    columns.forEach((column, col) => {
      const near = columns[col + way]?.start === column.start + way * lanes
      const beside = near ? registers[col + way][phase] : read(single, column, row, float, 1)
      masked.moveParted(registers[col][to], registers[col][phase], beside, by)
    })
  return (row, tap) => {
    const { way, offset, phase, rest } = ways[tap]
    if (way === LOAD) part(row, offset, rest)
    if (way === ON) for (const one of rest) move(row, one, one, on, 1, 2 * (offset + lanes - 1) + one)
    if (way === BACK) {
      part(row, offset + 1, rest)
      move(row, phase, 2, back, -1, 2 * offset + phase)
    }
    return registers.map((own) => own[way === BACK ? 2 : phase])
  }
}
