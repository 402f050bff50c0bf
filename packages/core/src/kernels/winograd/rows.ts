// Copying one row as machine code: whole vectors, a last one that lies over the one before, or a few floats at a time.
import type { Int, Machine } from '../../isa/machine.ts'
import { emitMove, type Finish, pieces, QUAD } from '../copy.ts'

/** How `cols` floats are copied: words of an argument block or of a table. */
export interface RowCopy {
  readonly vectors: number
  /** 1 where a last vector ends with the row, and where it begins, in bytes. */
  readonly last: number
  readonly lastAt: number
  /** A row shorter than a vector: four floats at a time, then one. */
  readonly quads: number
  readonly singles: number
}

export function rowCopy(cols: number, lanes: number): RowCopy {
  if (cols < lanes) return { ...pieces(cols, lanes), last: 0, lastAt: 0 }
  const last = cols % lanes === 0 ? 0 : 1
  return { vectors: Math.floor(cols / lanes), last, lastAt: 4 * (cols - lanes), quads: 0, singles: 0 }
}

export const ROW_COPY = ['vectors', 'last', 'lastAt', 'quads', 'singles'] as const satisfies (keyof RowCopy)[]

/** Bytes of a row that is copied as its words say. */
export function rowBytes(word: (name: keyof RowCopy) => number, lanes: number): number {
  const [vectors, last, lastAt, quads, singles] = ROW_COPY.map(word)
  return Math.max(vectors * 4 * lanes, last * (lastAt + 4 * lanes), 4 * (QUAD * quads + singles))
}

/** What a copy asks for ahead of its use: what lies so many bytes after that which it reads, or after that which it writes. */
export interface Ahead {
  readonly of: 'from' | 'to'
  /** Gives a fresh register with the bytes. */
  readonly by: () => Int
}

/**
 * Emits the copy of a row; `word` gives a fresh register with a number of it. Rows are short and far apart, and no processor foresees
 * where the next begins: so those of the next channel are asked for meanwhile.
 */
export function emitRowCopy(
  m: Machine,
  from: Int,
  to: Int,
  word: (name: keyof RowCopy) => Int,
  { of, by }: Ahead,
  finish?: Finish,
): void {
  const { lanes } = m.traits
  const move = (f: Int, t: Int, count: number) => emitMove(m, f, t, count, finish)
  // Its pointer is made anew each time: a finish takes all the registers that there are.
  const ask = (f: Int, t: Int) => {
    if (!m.traits.prefetches) return
    m.scope(() => {
      const at = by()
      m.add(at, of === 'from' ? f : t)
      m.prefetch(at, 0)
    })
  }
  const along = (f: Int, t: Int, name: keyof RowCopy, count: number) =>
    m.scope(() =>
      m.loop(word(name), () => {
        if (count === lanes) ask(f, t)
        move(f, t, count)
        m.add(f, 4 * count)
        m.add(t, 4 * count)
      }),
    )
  const copies = (body: (f: Int, t: Int) => void) =>
    m.scope(() => {
      const [f, t] = [m.int(), m.int()]
      m.move(f, from)
      m.move(t, to)
      body(f, t)
    })
  copies((f, t) => along(f, t, 'vectors', lanes))
  copies((f, t) =>
    m.loop(word('last'), () => {
      m.scope(() => {
        const at = word('lastAt')
        m.add(f, at)
        m.add(t, at)
      })
      move(f, t, lanes)
    }),
  )
  copies((f, t) => {
    if (lanes > QUAD) along(f, t, 'quads', QUAD)
    along(f, t, 'singles', 1)
  })
}
