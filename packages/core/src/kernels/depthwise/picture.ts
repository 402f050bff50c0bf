// Reading rows where they lie in the picture: which of the pixels under a tile exist.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { byColumns, type DepthwiseShape, type RowsBelow, type TileRows } from './shape.ts'

/** In rows that the convolution reads. */
export interface Picture {
  readonly height: number
  /** Rows of padding above it. */
  readonly before: number
}

/**
 * The picture whose rows are read where they lie; null where they are staged: without masks, where taps share no pixels that are
 * parted by the stride, and where padding is so wide that pointers would leave the picture.
 * @param read the convolution on the rows that are read
 */
export function pictureOf(read: ConvDescriptor, { masks }: MachineTraits): Picture | null {
  const { input, output, stride, kernel, before } = read
  const leaves = [1, 2].some((axis) => (output[axis] - 1) * stride[axis] >= input[axis])
  const parts = stride[2] < 2 || (stride[2] === 2 && !byColumns([kernel[1], kernel[2]]))
  return masks && parts && !leaves ? { height: input[1], before: before[1] } : null
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
  return JSON.stringify(picture && taps.map(({ offset }) => partInside(stride * (start + offset), width, pixels)))
}
