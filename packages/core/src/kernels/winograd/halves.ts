// Copying every second pixel of a row as machine code: from two vectors the even lanes, then floats by themselves.
import type { Int, Machine } from '../../isa/machine.ts'
import { emitMove } from '../copy.ts'
import type { RowCopy } from './rows.ts'

/** @param floats of the row from the first of the pixels on: the last vector reads one more than its pixels */
export function halvesCopy(pixels: number, floats: number, lanes: number): RowCopy {
  const vectors = Math.floor(Math.min(2 * pixels, floats) / (2 * lanes))
  return { vectors, last: 0, lastAt: 0, quads: 0, singles: pixels - vectors * lanes }
}

/** Bytes of a row that are read, and that are written. */
export function halvesBytes(word: (name: keyof RowCopy) => number, lanes: number): { read: number; written: number } {
  const [vectors, singles] = [word('vectors') * lanes, word('singles')]
  return { read: 8 * vectors + (singles === 0 ? 0 : 8 * singles - 4), written: 4 * (vectors + singles) }
}

/** Emits the copy of a row; `word` gives a fresh register with a number of it. */
export function emitHalvesCopy(m: Machine, from: Int, to: Int, word: (name: keyof RowCopy) => Int): void {
  const { lanes } = m.traits
  const [f, t] = [m.int(), m.int()]
  m.move(f, from)
  m.move(t, to)
  const along = (name: 'vectors' | 'singles', count: number, move: () => void) =>
    m.scope(() =>
      m.loop(word(name), () => {
        move()
        m.add(f, 8 * count)
        m.add(t, 4 * count)
      }),
    )
  along('vectors', lanes, () => {
    const [first, second, half] = [m.vec(), m.vec(), m.vec()]
    m.load(first, f, 0)
    m.load(second, f, 4 * lanes)
    m.evens(half, first, second)
    m.store(t, 0, half)
  })
  along('singles', 1, () => emitMove(m, f, t, 1))
}
