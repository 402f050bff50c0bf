// Copying one row as machine code: whole vectors, a last one that lies over the one before, or single floats.
import type { Int, Machine, Vec } from '../../isa/machine.ts'

/** How `cols` floats are copied: words of an argument block or of a table. */
export interface RowCopy {
  readonly vectors: number
  /** 1 where a last vector ends with the row, and where it begins, in bytes. */
  readonly last: number
  readonly lastAt: number
  readonly singles: number
}

export function rowCopy(cols: number, lanes: number): RowCopy {
  if (cols < lanes) return { vectors: 0, last: 0, lastAt: 0, singles: Math.max(0, cols) }
  return { vectors: Math.floor(cols / lanes), last: cols % lanes === 0 ? 0 : 1, lastAt: 4 * (cols - lanes), singles: 0 }
}

/** Emits what is done to the first `count` lanes on their way to pointer `to`. */
export type Finish = (pixels: Vec, to: Int, count: number) => void

/** Emits the copy of a row; `word` gives a fresh register with a number of it. */
export function emitRowCopy(m: Machine, from: Int, to: Int, word: (name: keyof RowCopy) => Int, finish?: Finish): void {
  const bytes = 4 * m.traits.lanes
  const along = (count: keyof RowCopy, step: number, body: (from: Int, to: Int) => void) =>
    m.scope(() => {
      const [f, t] = [m.int(), m.int()]
      m.move(f, from)
      m.move(t, to)
      m.loop(word(count), () => {
        body(f, t)
        m.add(f, step)
        m.add(t, step)
      })
    })
  const vector = (f: Int, t: Int) => {
    const pixels = m.vec()
    m.load(pixels, f, 0)
    finish?.(pixels, t, m.traits.lanes)
    m.store(t, 0, pixels)
  }
  along('vectors', bytes, vector)
  along('last', 0, (f, t) => {
    m.scope(() => {
      const at = word('lastAt')
      m.add(f, at)
      m.add(t, at)
    })
    vector(f, t)
  })
  along('singles', 4, (f, t) => {
    if (finish === undefined) {
      const pixel = m.int()
      m.loadInt(pixel, f, 0)
      m.storeInt(t, 0, pixel)
      return
    }
    const pixel = m.vec()
    m.loadFirst(pixel, f, 0, 1)
    finish(pixel, t, 1)
    m.storeFirst(t, 0, pixel, 1)
  })
}
