// Reading rows where they lie in the picture: which of the pixels under a tile exist.
import type { MachineTraits } from '../../isa/machine.ts'
import type { ReadRows } from './rows.ts'
import { byColumns, type DepthwiseShape, type RowsBelow, type TileRows } from './shape.ts'
import { thirdTaps } from './thirds.ts'

/** In rows that the convolution reads. */
export interface Picture {
  readonly height: number
  /** Rows of padding above it. */
  readonly before: number
}

/** Strides that pixels are parted by. */
const MOST_STRIDE = 3

/**
 * Bytes that pointers to pixels may reach behind a plane, where padding leaves more output than there is input: nothing is read there,
 * but addresses must not wrap around, and no memory ends nearer to the last one than `BEHIND`.
 */
const MOST_BEYOND = 32 * 1024

/**
 * The picture whose rows are read where they lie; null where they are staged: without masks, where taps share no pixels that are
 * parted by the stride, and where padding is so wide that pointers would leave the picture too far behind.
 */
export function pictureOf({ d, step }: ReadRows, { masks }: MachineTraits): Picture | null {
  const { input, output, stride, kernel, before } = d
  const [rows, cols] = [1, 2].map((axis) => (output[axis] - 1) * stride[axis])
  const beyond = 4 * (Math.max(0, rows - input[1] + 1) * step * input[2] + Math.max(0, cols - input[2] + 1))
  const parts = stride[2] === 1 || (stride[2] <= MOST_STRIDE && !byColumns([kernel[1], kernel[2]]))
  return masks && parts && beyond <= MOST_BEYOND ? { height: input[1], before: before[1] } : null
}

interface Part {
  readonly first: number
  readonly end: number
}

/** Those of `count` neighbours from `start` on that lie in [0, length). */
export function partInside(start: number, length: number, count: number): Part {
  const first = Math.min(count, Math.max(0, -start))
  return { first, end: Math.max(first, Math.min(count, length - start)) }
}

/** Those of the rows under a tile that exist. */
export function rowsInside(shape: RowsBelow, { before, height }: Picture, { row, rows }: Pick<TileRows, 'row' | 'rows'>): Part {
  const { kernel, strideY, dilationY } = shape
  return partInside(row * strideY - before, height, (rows - 1) * strideY + (kernel[0] - 1) * dilationY + 1)
}

/** Names the lanes that exist under `vectors` vectors from output column `start` on. */
export function edgesOf({ picture, rows, traits }: DepthwiseShape, start: number, vectors: number): string {
  const { taps, stride, width } = rows
  const pixels = vectors * traits.lanes * stride
  const floats = stride === 3 ? thirdTaps(rows).map(({ first }) => first) : taps.map(({ offset }) => stride * offset)
  return JSON.stringify(picture && floats.map((float) => partInside(stride * start + float, width, pixels)))
}
