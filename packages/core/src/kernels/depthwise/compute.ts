// The sums of a depthwise channel as machine code: tiles of rows by vectors.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import { type EpilogueArgs, emitEpilogue, type Visit } from '../epilogue.ts'
import { copyOf } from '../move.ts'
import { edgesOf } from './picture.ts'
import { type Column, partsPixels, pixelsOf } from './pixels.ts'
import { runsOf } from './runs.ts'
import { byColumns, type DepthwiseShape, inputRows, type Meet, type TileRows } from './shape.ts'
import { storeNarrow, storesWhole } from './store.ts'
import { columnsOf } from './tile.ts'

/** Indices of words in the argument block that the sums read. */
export interface ComputeArgs extends EpilogueArgs {
  /** The first of the words that say how many there are of each of the shape's tiles. */
  readonly tiles: number
  /** The address of a vector's room. */
  readonly spare: number
}

/**
 * Emits one output channel: `weights` its bias, then its weights; `x` the first staged row, or the first of the picture that would be
 * read without padding. `y`, the first output row, is moved to the end of the last.
 */
export function emitChannel(m: Machine, shape: DepthwiseShape, args: ComputeArgs, weights: Int, x: Int, y: Int): void {
  const held = shape.tile.held ? heldWeights(m, shape, weights) : null
  const xRow = copyOf(m, x)
  for (const [index, tile] of shape.tiles.entries()) {
    m.scope(() =>
      m.loop(m.arg(args.tiles + index), () => {
        emitLine(m, shape, args, weights, held, tile, xRow, y)
        m.add(xRow, 4 * tile.rows * shape.strideY * shape.rows.rowFloats)
        m.add(y, 4 * tile.rows * shape.width)
      }),
    )
  }
}

function heldWeights(m: Machine, { kernel }: DepthwiseShape, weights: Int): Vec[] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const weight = m.vec()
    m.broadcast(weight, weights, 4 * (1 + tap))
    return weight
  })
}

/** Emits whole output rows. The last vectors are moved back over pixels already done rather than past the row. */
function emitLine(
  m: Machine,
  shape: DepthwiseShape,
  args: ComputeArgs,
  weights: Int,
  held: Vec[] | null,
  tile: TileRows,
  x: Int,
  y: Int,
): void {
  const { lanes } = m.traits
  const { cols } = shape.tile
  const { full, last } = columnsOf(shape.width, cols, lanes)
  const step = shape.picture === null ? 1 : shape.rows.stride
  const emit = (columns: Column[]) => m.scope(() => emitTile(m, shape, args, weights, held, tile, columns))
  const neighbours = (xAt: Int, yAt: Int, start: number, vectors: number) =>
    Array.from({ length: vectors }, (_, col) => ({ x: xAt, y: yAt, beyond: col * lanes, start: start + col * lanes }))
  if (full > 0) {
    m.scope(() => {
      const [xAt, yAt] = [copyOf(m, x), copyOf(m, y)]
      for (const { first, count } of runsOf(full, (index) => edgesOf(shape, index * cols * lanes, cols))) {
        m.scope(() =>
          m.loop(m.number(count), () => {
            emit(neighbours(xAt, yAt, first * cols * lanes, cols))
            m.add(xAt, 4 * cols * lanes * step)
            m.add(yAt, 4 * cols * lanes)
          }),
        )
      }
    })
  }
  if (shape.width < lanes) emit(neighbours(x, y, 0, 1))
  if (last === 0 || shape.width < lanes) return
  // Vectors that were moved back have pointers of their own: V8 pairs none that overlap others under one pointer.
  m.scope(() => {
    const moved = full > 0 ? last : 1
    const [xAt, yAt] = [copyOf(m, x), copyOf(m, y)]
    const start = shape.width - moved * lanes
    m.add(xAt, 4 * start * step)
    m.add(yAt, 4 * start)
    emit([...neighbours(x, y, 0, last - moved), ...neighbours(xAt, yAt, start, moved)])
  })
}

/** One tile: the bias, then every product by rows and columns of the kernel, or the largest pixel; epilogue, store. */
function emitTile(
  m: Machine,
  shape: DepthwiseShape,
  args: ComputeArgs,
  weights: Int,
  held: Vec[] | null,
  tile: TileRows,
  columns: readonly Column[],
): void {
  const { lanes } = m.traits
  const sums = Array.from({ length: tile.rows }, () =>
    columns.map(() => {
      const sum = m.vec()
      if (shape.fold === 'sum') m.broadcast(sum, weights, 0)
      else m.constant(sum, Number.NEGATIVE_INFINITY)
      return sum
    }),
  )
  m.scope(() => {
    const pixelsAt = pixelsOf(m, shape, tile, columns)
    const add = (at: number, tap: number, meets: readonly Meet[], weightOf: ((kh: number) => Vec) | null) => {
      const pixels = pixelsAt(at, tap)
      for (const { row, kh } of meets) {
        const weight = weightOf?.(kh)
        sums[row].forEach((sum, col) => (weight ? m.madd(sum, pixels[col], weight) : m.max(sum, sum, pixels[col])))
      }
    }
    const { taps } = shape.rows
    const lines = inputRows(shape, tile.rows)
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
  if (partsPixels(shape)) for (const sum of sums.flat()) m.masked?.order(sum)
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
  if (storesWhole(shape.width, m.traits)) storeNarrow(m, shape.width, sums.flat(), columns[0].y, m.arg(args.spare))
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
