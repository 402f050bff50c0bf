// The pixels under a tile as machine code: loaded from staged rows, or from the picture and parted by the stride.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import { partInside, rowsInside } from './picture.ts'
import type { ColumnTap } from './rows.ts'
import { type DepthwiseShape, PADDING, type TileRows } from './shape.ts'

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

/** Of a picture, taps of one offset read the same vectors: as many as the stride, of which each takes its part. */
export function pixelsOf(m: Machine, shape: DepthwiseShape, tile: TileRows, columns: readonly Column[]): Pixels {
  const { lanes } = m.traits
  const { picture, rows } = shape
  const padding = PADDING[shape.fold]
  const { taps, stride, width, phases, pitch, low, rowFloats } = rows
  const [step, parts] = [picture === null ? 1 : stride, partsPixels(shape)]
  const exist = picture && rowsInside(shape, picture, tile)
  const pixels = columns.map(() => m.vec())
  const vectors = pixels.map((to) => (parts ? [m.vec(), m.vec()] : [to]))
  const load = (at: number, { index, offset }: ColumnTap) => {
    const place = picture ? (at - picture.before) * rowFloats + stride * offset : at * rowFloats + index * pitch + offset - low
    columns.forEach(({ x, beyond, start }, col) => {
      vectors[col].forEach((to, half) => {
        const bytes = 4 * (place + step * beyond + half * lanes)
        const pixel = stride * (start + offset) + half * lanes
        const { first, end } = picture ? partInside(pixel, width, lanes) : { first: 0, end: lanes }
        if (end - first === lanes) m.load(to, x, bytes)
        else if (first === end) m.constant(to, padding)
        else if (padding === 0) m.masked?.loadLanes(to, x, bytes, first, end)
        else {
          m.constant(to, padding)
          m.masked?.loadOver(to, x, bytes, first, end)
        }
      })
    })
  }
  let loaded = ''
  return (at, tap) => {
    const { index, offset } = taps[tap]
    const source = `${at} ${offset}`
    if (exist && (at < exist.first || at >= exist.end)) for (const to of pixels) m.constant(to, padding)
    else {
      if (!parts || loaded !== source) load(at, taps[tap])
      loaded = source
      if (parts) pixels.forEach((to, col) => m.masked?.part(to, vectors[col][0], vectors[col][1], phases[index] as 0 | 1))
    }
    return pixels
  }
}
