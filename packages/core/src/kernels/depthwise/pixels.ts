// The pixels under a tile as machine code: loaded from staged rows, or from the picture and parted by the stride.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import { partedPixels } from './parted.ts'
import { partInside, rowsInside } from './picture.ts'
import { type DepthwiseShape, PADDING, type TileRows } from './shape.ts'
import { thirdPixels } from './thirds.ts'

/** A vector's place in a row: pointers to pixels and to the output, and columns beyond both. */
export interface Column {
  readonly x: Int
  readonly y: Int
  readonly beyond: number
  /** The output column of its lane 0, or of the first column of the same code. */
  readonly start: number
}

/** Emits what has to be, and gives the pixels of a tap in row `at` below the first one under a tile, a vector a column. */
export type Pixels = (at: number, tap: number) => readonly Vec[]

/** Whether pixels, and so sums, are in the order of `MaskedLanes.part`. */
export function partsPixels({ picture, rows }: Pick<DepthwiseShape, 'picture' | 'rows'>): boolean {
  return picture !== null && rows.stride === 2
}

/** Emits the load of `count` pixels of a row: those of the picture from `first` on, which lie at an offset, and padding. */
export type Load = (to: Vec, x: Int, offset: number, first: number, count: number) => Vec

export function pixelsOf(m: Machine, shape: DepthwiseShape, tile: TileRows, columns: readonly Column[]): Pixels {
  const { lanes } = m.traits
  const { picture, rows, fold } = shape
  const { taps, width, pitch, low, rowFloats } = rows
  const exist = picture && rowsInside(shape, picture, tile)
  const pixels = columns.map(() => m.vec())
  const load: Load = (to, x, offset, start, count) => {
    const { first, end } = picture ? partInside(start, width, count) : { first: 0, end: lanes }
    const whole = end - first === count
    if (!whole) m.constant(to, PADDING[fold])
    if (count === 1 && whole) m.broadcast(to, x, offset)
    else if (whole) m.load(to, x, offset)
    else if (first < end) m.masked?.loadOver(to, x, offset, first, end)
    return to
  }
  const place = (at: number) => (picture ? at - picture.before : at) * rowFloats
  const parter = picture === null || rows.stride === 1 ? null : rows.stride === 2 ? partedPixels : thirdPixels
  const parted = parter?.(m, shape, columns, pixels, load)
  return (at, tap) => {
    const row = place(at)
    if (exist && (at < exist.first || at >= exist.end)) for (const to of pixels) m.constant(to, PADDING[fold])
    else if (parted !== undefined) return parted(row, tap)
    else {
      const { index, offset } = taps[tap]
      const from = row + (picture ? offset : index * pitch + offset - low)
      columns.forEach(({ x, beyond, start }, col) => load(pixels[col], x, 4 * (from + beyond), start + offset, lanes))
    }
    return pixels
  }
}
