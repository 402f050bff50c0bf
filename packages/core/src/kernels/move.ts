// Moving data as machine code: copy rows, fill rows, gather rows by tables. Bits move as they are.
import type { Access, Int, KernelFunction, Machine } from '../isa/machine.ts'
import { type Epilogue, emitEpilogue, epilogueName, PLAIN, residualOf } from './epilogue.ts'

/**
 * Copies planes of rows: `vectors` vectors, then `singles` floats at their own steps; where they are sums, with what is left to be
 * done to them. Words of the argument block; strides in bytes.
 */
export const COPY_ARGS = {
  from: 0,
  to: 1,
  planes: 2,
  fromPlane: 3,
  toPlane: 4,
  rows: 5,
  fromRow: 6,
  toRow: 7,
  vectors: 8,
  singles: 9,
  fromStep: 10,
  toStep: 11,
  residual: 12,
  alpha: 13,
  beta: 14,
} as const

export function copyFunction(epilogue = PLAIN): KernelFunction {
  return {
    name: `f32-copy-rows${epilogueName(epilogue)}`,
    touches: (words, args, { lanes }) => copyTouches(words, args, epilogue, lanes),
    emit(m) {
      overRows(
        m,
        COPY_ARGS,
        [COPY_ARGS.from, COPY_ARGS.to],
        [COPY_ARGS.fromPlane, COPY_ARGS.toPlane],
        ([from, to]) => emitCopy(m, epilogue, from, to),
        [COPY_ARGS.fromRow, COPY_ARGS.toRow],
      )
    },
  }
}

function copyTouches(words: Int32Array, args: number, { residual }: Epilogue, lanes: number): Access[] {
  const arg = (name: keyof typeof COPY_ARGS) => words[args + COPY_ARGS[name]]
  const row = (step: number) => 4 * lanes * arg('vectors') + (arg('singles') === 0 ? 0 : (arg('singles') - 1) * step + 4)
  const end = (plane: number, pitch: number, step: number) => (arg('planes') - 1) * plane + (arg('rows') - 1) * pitch + row(step)
  const [from, to] = [arg('from') >>> 0, arg('to') >>> 0]
  const written = { from: to, to: to + end(arg('toPlane'), arg('toRow'), arg('toStep')) }
  return [
    { from, to: from + end(arg('fromPlane'), arg('fromRow'), arg('fromStep')) },
    written,
    ...(residual ? [residualOf(written, words, args, COPY_ARGS)] : []),
  ]
}

/** Emits the copy of one row; moves both pointers. */
function emitCopy(m: Machine, epilogue: Epilogue, from: Int, to: Int): void {
  const bytes = m.traits.lanes * 4
  const vector = m.vec()
  const finish = (count: number) =>
    emitEpilogue(m, epilogue, COPY_ARGS, [vector], [{ y: to, visit: (at, each) => each(vector, at, 0) }], count)
  m.scope(() =>
    m.loop(m.arg(COPY_ARGS.vectors), () => {
      m.load(vector, from, 0)
      finish(m.traits.lanes)
      m.store(to, 0, vector)
      m.add(from, bytes)
      m.add(to, bytes)
    }),
  )
  const [single, fromStep, toStep] = [m.int(), m.arg(COPY_ARGS.fromStep), m.arg(COPY_ARGS.toStep)]
  m.loop(m.arg(COPY_ARGS.singles), () => {
    if (epilogue === PLAIN) {
      m.loadInt(single, from, 0)
      m.storeInt(to, 0, single)
    } else {
      m.loadFirst(vector, from, 0, 1)
      finish(1)
      m.storeFirst(to, 0, vector, 1)
    }
    m.add(from, fromStep)
    m.add(to, toStep)
  })
}

/** Fills planes of rows with zeros. */
export const FILL_ARGS = { to: 0, planes: 1, toPlane: 2, rows: 3, toRow: 4, singles: 5 } as const

export const fillFunction: KernelFunction = {
  name: 'f32-fill-rows',
  touches(words, args) {
    const arg = (name: keyof typeof FILL_ARGS) => words[args + FILL_ARGS[name]]
    const to = arg('to') >>> 0
    return [{ from: to, to: to + (arg('planes') - 1) * arg('toPlane') + (arg('rows') - 1) * arg('toRow') + 4 * arg('singles') }]
  },
  emit(m) {
    overRows(
      m,
      FILL_ARGS,
      [FILL_ARGS.to],
      [FILL_ARGS.toPlane],
      ([to]) => {
        const zero = m.number(0)
        m.loop(m.arg(FILL_ARGS.singles), () => {
          m.storeInt(to, 0, zero)
          m.add(to, 4)
        })
      },
      [FILL_ARGS.toRow],
    )
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
function overRows(
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

function copyOf(m: Machine, from: Int): Int {
  const to = m.int()
  m.move(to, from)
  return to
}
