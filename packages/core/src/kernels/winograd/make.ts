// Filters of F(4x4, 3x3) from taps as machine code: a worker makes those of a chunk at a row of points, and multiplies them (sums.ts).
import type { Access, KernelFunction, Machine } from '../../isa/machine.ts'
import { emitColumns, emitRow, N, TAPS } from './taps.ts'

/** Words of the argument block, behind those of `MULTIPLY_ARGS`. */
export const MAKE_ARGS = {
  /** Taps of as many neighbours as a vector has lanes, the nine one after the other, then those of the next. */
  taps: 16,
  /** Filters at the first point, bytes to the next point's, and vectors of each. */
  made: 17,
  point: 18,
  vectors: 19,
} as const

/** At the points of row `row`. */
export function makeFunction(row: number): KernelFunction {
  return {
    name: `f32-winograd-make-${row}`,
    words: MAKE_ARGS.vectors + 1,
    emit: (m) => emitMake(m, row),
    touches: (words, args, { lanes }) => makeTouches(words, args, lanes),
  }
}

function makeTouches(words: Int32Array, args: number, lanes: number): Access[] {
  const arg = (name: keyof typeof MAKE_ARGS) => words[args + MAKE_ARGS[name]] >>> 0
  const bytes = 4 * lanes * arg('vectors')
  return [
    { from: arg('taps'), to: arg('taps') + TAPS * bytes },
    { from: arg('made'), to: arg('made') + (N - 1) * arg('point') + bytes },
  ]
}

function emitMake(m: Machine, row: number): void {
  const bytes = 4 * m.traits.lanes
  const [taps, made] = [m.arg(MAKE_ARGS.taps), m.arg(MAKE_ARGS.made)]
  const places = Array.from({ length: N }, (_, point) => {
    const place = m.arg(MAKE_ARGS.point)
    m.scale(place, point)
    m.add(place, made)
    return place
  })
  m.loop(m.arg(MAKE_ARGS.vectors), () => {
    m.scope(() => {
      // The first row reads three taps: without, the rows after it wait for the others, each time anew.
      if (row === 0) for (let tap = 3; tap < TAPS; tap++) m.prefetch(taps, tap * bytes)
      const [spare, ...columns] = [m.vec(), m.vec(), m.vec(), m.vec()]
      columns.forEach((column, col) => emitRow(m, row, column, spare, taps, (tap) => (3 * tap + col) * bytes))
      emitColumns(m, columns, Array.from(places.keys()), (point, filter) => m.store(places[point], 0, filter))
    })
    m.add(taps, TAPS * bytes)
    for (const place of places) m.add(place, bytes)
  })
}
