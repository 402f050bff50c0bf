// Moving data as machine code: fill rows, gather rows by tables. Bits move as they are.
import { wordsOf } from '../isa/args.ts'
import type { Int, KernelFunction, Machine } from '../isa/machine.ts'

/** Fills planes with zeros: `vectors` vectors, then `singles` floats. */
export const FILL_ARGS = { to: 0, planes: 1, toPlane: 2, vectors: 3, singles: 4 } as const

export const fillFunction: KernelFunction = {
  name: 'f32-fill',
  words: wordsOf(FILL_ARGS),
  touches(words, args, { lanes }) {
    const arg = (name: keyof typeof FILL_ARGS) => words[args + FILL_ARGS[name]]
    const to = arg('to') >>> 0
    return [{ from: to, to: to + (arg('planes') - 1) * arg('toPlane') + 4 * (arg('vectors') * lanes + arg('singles')) }]
  },
  emit(m) {
    const [plane, zeros, zero] = [m.arg(FILL_ARGS.to), m.vec(), m.number(0)]
    m.constant(zeros, 0)
    m.loop(m.arg(FILL_ARGS.planes), () => {
      const to = copyOf(m, plane)
      m.loop(m.arg(FILL_ARGS.vectors), () => {
        m.store(to, 0, zeros)
        m.add(to, 4 * m.traits.lanes)
      })
      m.loop(m.arg(FILL_ARGS.singles), () => {
        m.storeInt(to, 0, zero)
        m.add(to, 4)
      })
      m.add(plane, m.arg(FILL_ARGS.toPlane))
    })
  },
}

/** Gathers planes: row r, column c comes from byte rowTable[r] + colTable[c] of the plane. */
export const GATHER_ARGS = {
  from: 0,
  to: 1,
  planes: 2,
  fromPlane: 3,
  toPlane: 4,
  rows: 5,
  toRow: 6,
  cols: 7,
  rowTable: 8,
  colTable: 9,
} as const

export const gatherFunction: KernelFunction = {
  name: 'f32-gather-rows',
  words: wordsOf(GATHER_ARGS),
  touches(words, args) {
    const arg = (name: keyof typeof GATHER_ARGS) => words[args + GATHER_ARGS[name]]
    const [from, to, rowTable, colTable] = [arg('from'), arg('to'), arg('rowTable'), arg('colTable')].map((value) => value >>> 0)
    const planes = arg('planes') - 1
    const largest = (table: number, count: number) =>
      words.subarray(table / 4, table / 4 + count).reduce((a, b) => Math.max(a, b), 0)
    const source = planes * arg('fromPlane') + largest(rowTable, arg('rows')) + largest(colTable, arg('cols')) + 4
    return [
      { from, to: from + source },
      { from: to, to: to + planes * arg('toPlane') + (arg('rows') - 1) * arg('toRow') + 4 * arg('cols') },
      { from: rowTable, to: rowTable + 4 * arg('rows') },
      { from: colTable, to: colTable + 4 * arg('cols') },
    ]
  },
  emit(m) {
    const [from, to] = [m.arg(GATHER_ARGS.from), m.arg(GATHER_ARGS.to)]
    m.loop(m.arg(GATHER_ARGS.planes), () => {
      const [rowAt, rowTable, row] = [m.int(), m.arg(GATHER_ARGS.rowTable), m.int()]
      m.move(rowAt, to)
      m.loop(m.arg(GATHER_ARGS.rows), () => {
        const [at, colTable, pixel] = [m.int(), m.arg(GATHER_ARGS.colTable), m.int()]
        m.move(at, rowAt)
        m.loadInt(row, rowTable, 0)
        m.add(row, from)
        m.loop(m.arg(GATHER_ARGS.cols), () => {
          m.loadInt(pixel, colTable, 0)
          m.add(pixel, row)
          m.loadInt(pixel, pixel, 0)
          m.storeInt(at, 0, pixel)
          m.add(at, 4)
          m.add(colTable, 4)
        })
        m.add(rowAt, m.arg(GATHER_ARGS.toRow))
        m.add(rowTable, 4)
      })
      m.add(from, m.arg(GATHER_ARGS.fromPlane))
      m.add(to, m.arg(GATHER_ARGS.toPlane))
    })
  },
}

/** Loops over planes and rows with one pointer for each of `pointers`; `body` may move its own copies. */
export function overRows(
  m: Machine,
  args: { planes: number; rows: number },
  pointers: readonly number[],
  planeStrides: readonly number[],
  body: (at: Int[]) => void,
  rowStrides: readonly number[],
): void {
  const planes = pointers.map((word) => m.arg(word))
  m.loop(m.arg(args.planes), () => {
    const rows = planes.map((plane) => copyOf(m, plane))
    m.loop(m.arg(args.rows), () => {
      m.scope(() => body(rows.map((row) => copyOf(m, row))))
      rows.forEach((row, index) => m.scope(() => m.add(row, m.arg(rowStrides[index]))))
    })
    planes.forEach((plane, index) => m.scope(() => m.add(plane, m.arg(planeStrides[index]))))
  })
}

export function copyOf(m: Machine, from: Int): Int {
  const to = m.int()
  m.move(to, from)
  return to
}
