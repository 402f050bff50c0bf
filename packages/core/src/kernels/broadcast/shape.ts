// The register tile of the broadcast kernel: vectors of output channels by a rectangle of pixels.
import type { MachineTraits } from '../../isa/machine.ts'
import { type Epilogue, epilogueRegisters, PLAIN } from '../epilogue.ts'
import { spareRegisters } from '../tile.ts'

/** Pixels of a tile, and how they lie: a row of one pixel or a tile of one row has no way to the next, which is 0. */
export interface PixelShape {
  readonly rows: number
  readonly cols: number
  /** Bytes in x from a row to the next and from a pixel to the next; in y from a row to the next. */
  readonly xRow: number
  readonly xCol: number
  readonly yRow: number
}

/** Pixels from `first` on, counted row by row, that lie side by side in y, from byte `y` on. */
export interface Stretch {
  readonly first: number
  readonly count: number
  readonly y: number
}

/** A tile's pixels as stretches of `lanes` at most. */
export function stretchesOf({ rows, cols, yRow }: PixelShape, lanes: number): Stretch[] {
  const dense = yRow === 4 * cols || rows === 1
  const [count, size] = dense ? [1, rows * cols] : [rows, cols]
  return Array.from({ length: count }, (_, row) => row).flatMap((row) =>
    Array.from({ length: Math.ceil(size / lanes) }, (_, index) => ({
      first: row * size + index * lanes,
      count: Math.min(lanes, size - index * lanes),
      y: row * yRow + 4 * index * lanes,
    })),
  )
}

/** A rectangle of a block's pixels. */
export interface Rectangle {
  readonly row: number
  readonly col: number
  readonly rows: number
  readonly cols: number
}

/** Pixels that the registers hold sums of, so many vectors of channels each; beside them the weights and a pixel, then the epilogue's. */
export function mostPixels(vectors: number, traits: MachineTraits, epilogue: Epilogue): number {
  const beside = Math.max(vectors + spareRegisters(traits), epilogueRegisters(whereSummed(epilogue)))
  return Math.floor((traits.registers - beside) / vectors)
}

/** A residual lies as the output does, so that it can be added only where sums are stored; an activation alone is done before. */
export function whereSummed(epilogue: Epilogue): Epilogue {
  return epilogue.residual ? PLAIN : epilogue
}
export function whereStored(epilogue: Epilogue): Epilogue {
  return epilogue.residual ? epilogue : PLAIN
}

/** Covers rows and columns once with rectangles of `most` pixels at most, as equal as can be. */
export function cover(rows: number, cols: number, most: number): Rectangle[] {
  return equalParts(cols, Math.ceil(cols / most)).flatMap(({ from: col, count: width }) =>
    equalParts(rows, Math.ceil(rows / Math.floor(most / width))).map(({ from: row, count: height }) => ({
      row,
      col,
      rows: height,
      cols: width,
    })),
  )
}

/** The sizes of the rectangles that `cover` gives, in pixels, and how many there are of each. */
export function coverSizes(rows: number, cols: number, most: number): { pixels: number; count: number }[] {
  return sizesOf(cols, Math.ceil(cols / most)).flatMap((width) =>
    sizesOf(rows, Math.ceil(rows / Math.floor(most / width.size))).map((height) => ({
      pixels: height.size * width.size,
      count: height.count * width.count,
    })),
  )
}

/** The sizes of `equalParts`, at most two. */
function sizesOf(total: number, parts: number): { size: number; count: number }[] {
  const [size, larger] = [Math.floor(total / parts), total % parts]
  return [
    { size: size + 1, count: larger },
    { size, count: parts - larger },
  ].filter(({ count }) => count > 0)
}

export interface Part {
  readonly from: number
  readonly count: number
}

/** `total` in so many parts, each at most one larger than another; larger ones are spread out, so that as many in a row are about as much. */
export function equalParts(total: number, parts: number): Part[] {
  const ends = Array.from({ length: parts + 1 }, (_, index) => Math.ceil((index * total) / parts))
  return ends.slice(1).map((end, index) => ({ from: ends[index], count: end - ends[index] }))
}
