// The sums of a depthwise channel as machine code: tiles of rows by vectors over staged rows.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import { type EpilogueArgs, emitEpilogue, type Visit } from '../epilogue.ts'
import { copyOf } from '../move.ts'
import { byColumns, columnsOf, type DepthwiseShape, inputRows, type Meet } from './shape.ts'
import { storeNarrow, storesWhole } from './store.ts'

/** Indices of words in the argument block that the sums read. */
export interface ComputeArgs extends EpilogueArgs {
  /** Full tiles of rows, and whether a last one of fewer rows follows: 1 or 0. */
  readonly tiles: number
  readonly lastTile: number
  /** The address of a vector's room. */
  readonly spare: number
}

/**
 * Emits one output channel: `weights` its bias, then its weights; `x` the first staged row. `y`, the first output row, is moved
 * to the end of the last.
 */
export function emitChannel(m: Machine, shape: DepthwiseShape, args: ComputeArgs, weights: Int, x: Int, y: Int): void {
  const { tile, lastRows, rows, strideY, width } = shape
  const held = tile.held ? heldWeights(m, shape, weights) : null
  const emitRows = (count: number, xAt: Int, yAt: Int) => emitLine(m, shape, args, weights, held, count, xAt, yAt)
  const xRow = copyOf(m, x)
  m.scope(() =>
    m.loop(m.arg(args.tiles), () => {
      emitRows(tile.rows, xRow, y)
      m.add(xRow, 4 * tile.rows * strideY * rows.rowFloats)
      m.add(y, 4 * tile.rows * width)
    }),
  )
  if (lastRows === 0) return
  m.loop(m.arg(args.lastTile), () => {
    emitRows(lastRows, xRow, y)
    m.add(y, 4 * lastRows * width)
  })
}

function heldWeights(m: Machine, { kernel }: DepthwiseShape, weights: Int): Vec[] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const weight = m.vec()
    m.broadcast(weight, weights, 4 * (1 + tap))
    return weight
  })
}

/** A vector's place in a row: pointers to staged pixels and to the output, and pixels beyond both. */
interface Column {
  readonly x: Int
  readonly y: Int
  readonly beyond: number
}

/** Emits `count` whole output rows. The last vectors are moved back over pixels already done rather than past the row. */
function emitLine(
  m: Machine,
  shape: DepthwiseShape,
  args: ComputeArgs,
  weights: Int,
  held: Vec[] | null,
  count: number,
  x: Int,
  y: Int,
): void {
  const { lanes } = m.traits
  const { cols } = shape.tile
  const { full, last } = columnsOf(shape.width, cols, lanes)
  const emit = (columns: Column[]) => m.scope(() => emitTile(m, shape, args, weights, held, count, columns))
  const neighbours = (xAt: Int, yAt: Int, vectors: number) =>
    Array.from({ length: vectors }, (_, col) => ({ x: xAt, y: yAt, beyond: col * lanes }))
  if (full > 0) {
    m.scope(() => {
      const [xAt, yAt] = [copyOf(m, x), copyOf(m, y)]
      m.loop(m.number(full), () => {
        emit(neighbours(xAt, yAt, cols))
        m.add(xAt, 4 * cols * lanes)
        m.add(yAt, 4 * cols * lanes)
      })
    })
  }
  if (shape.width < lanes) emit(neighbours(x, y, 1))
  if (last === 0 || shape.width < lanes) return
  // Vectors that were moved back have pointers of their own: V8 pairs none that overlap others under one pointer.
  m.scope(() => {
    const moved = full > 0 ? last : 1
    const [xAt, yAt] = [copyOf(m, x), copyOf(m, y)]
    m.add(xAt, 4 * (shape.width - moved * lanes))
    m.add(yAt, 4 * (shape.width - moved * lanes))
    emit([...neighbours(x, y, last - moved), ...neighbours(xAt, yAt, moved)])
  })
}

/** One tile: the bias, then every product by rows and columns of the kernel, or the largest pixel; epilogue, store. */
function emitTile(
  m: Machine,
  shape: DepthwiseShape,
  args: ComputeArgs,
  weights: Int,
  held: Vec[] | null,
  rows: number,
  columns: readonly Column[],
): void {
  const { lanes } = m.traits
  const { taps, low, pitch, rowFloats } = shape.rows
  const sums = Array.from({ length: rows }, () =>
    columns.map(() => {
      const sum = m.vec()
      if (shape.fold === 'sum') m.broadcast(sum, weights, 0)
      else m.constant(sum, Number.NEGATIVE_INFINITY)
      return sum
    }),
  )
  m.scope(() => {
    const pixels = columns.map(() => m.vec())
    const add = (at: number, tap: number, meets: readonly Meet[], weightOf: ((kh: number) => Vec) | null) => {
      const { index, offset } = taps[tap]
      const pixel = at * rowFloats + index * pitch + offset - low
      columns.forEach(({ x, beyond }, col) => m.load(pixels[col], x, 4 * (pixel + beyond)))
      for (const { row, kh } of meets) {
        const weight = weightOf?.(kh)
        sums[row].forEach((sum, col) => (weight ? m.madd(sum, pixels[col], weight) : m.max(sum, sum, pixels[col])))
      }
    }
    const lines = inputRows(shape, rows)
    if (shape.fold === 'max') {
      for (const { at, meets } of lines) taps.forEach((_, tap) => add(at, tap, meets, null))
      return
    }
    const reader = weightReader(m, shape, weights, held)
    if (byColumns(shape.kernel)) {
      taps.forEach((_, tap) => {
        const weightOf = reader.column(tap)
        for (const { at, meets } of lines) add(at, tap, meets, weightOf)
      })
    } else {
      for (const { at, meets } of lines) taps.forEach((_, tap) => add(at, tap, meets, (kh) => reader.one(kh, tap)))
    }
  })
  const count = Math.min(shape.width, lanes)
  const lines = [...new Set(columns.map(({ y }) => y))].map((y) => {
    const visit: Visit = (from, each) =>
      sums.forEach((row, index) => {
        columns.forEach((column, col) => {
          if (column.y === y) each(row[col], from, 4 * (index * shape.width + column.beyond))
        })
      })
    return { y, visit }
  })
  emitEpilogue(m, shape.epilogue, args, sums.flat(), lines, count)
  if (storesWhole(shape.width, lanes)) storeNarrow(m, shape.width, sums.flat(), columns[0].y, m.arg(args.spare))
  else {
    for (const { y, visit } of lines) {
      visit(y, (sum, at, offset) => (count < lanes ? m.storeFirst(at, offset, sum, count) : m.store(at, offset, sum)))
    }
  }
}

/** Weights in registers: those that are held, or one, or a column of the kernel, read when they are asked for. */
function weightReader(m: Machine, { kernel: [kh, kw] }: DepthwiseShape, weights: Int, held: Vec[] | null) {
  const read = (to: Vec, row: number, tap: number): Vec => {
    m.broadcast(to, weights, 4 * (1 + row * kw + tap))
    return to
  }
  if (held !== null) {
    const one = (row: number, tap: number) => held[row * kw + tap]
    return { one, column: (tap: number) => (row: number) => one(row, tap) }
  }
  const spare = Array.from({ length: byColumns([kh, kw]) ? kh : 1 }, () => m.vec())
  return {
    one: (row: number, tap: number) => read(spare[0], row, tap),
    column: (tap: number) => {
      spare.forEach((to, row) => read(to, row, tap))
      return (row: number) => spare[row]
    },
  }
}
