// Blocks of output rows of a depthwise convolution, each of one channel at a time.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { roundUp } from '../direct/layout.ts'
import { type ReadRows, rowsOf, rowsUnder } from './rows.ts'
import type { DepthwiseShape } from './shape.ts'

export interface RowBlock {
  /** The first output row, and how many. */
  readonly row: number
  readonly rows: number
  /** The input rows under it that exist and are read: the first, how many, and the place of the first among the staged rows. */
  readonly xRow: number
  readonly xRows: number
  readonly stageRow: number
}

export interface DepthwiseBlock extends RowBlock {
  /** How many there are of each of the shape's tiles. */
  readonly tiles: readonly number[]
}

/** Bytes of staged rows that a band of channels should keep to, so that they and what is read and written stay in the first cache. */
export const BAND_BYTES = 16 * 1024
/** Multiply-accumulates of a call at most: a cancelled run ends after one. */
export const CALL_MACS = 1 << 20
/** Blocks of all channels that workers share at least, where there are so many. */
export const LEAST_BLOCKS = 64

/** Bytes of staged rows under `rows` output rows. */
export function stagedBytes(d: ConvDescriptor, lanes: number, rows: number): number {
  const { lead, slack, rowFloats } = rowsOf(d, lanes)
  return 4 * (lead + rowsUnder(d, rows) * rowFloats + slack)
}

/** As few blocks of `most` rows as may be, of nearly equal height, each but the last of whole tiles. */
export function rowBlocks({ d, first: offset, step }: ReadRows, most: number, tile: number): RowBlock[] {
  const height = d.output[1]
  const each = roundUp(Math.ceil(height / Math.ceil(height / most)), tile)
  return Array.from({ length: Math.ceil(height / each) }, (_, index) => {
    const row = index * each
    const rows = Math.min(each, height - row)
    const first = row * d.stride[1] - d.before[1]
    const xRow = Math.min(Math.max(0, first), d.input[1])
    const xEnd = Math.max(xRow, Math.min(d.input[1], first + rowsUnder(d, rows)))
    return { row, rows, xRow: offset + step * xRow, xRows: xEnd - xRow, stageRow: Math.min(xRow - first, rowsUnder(d, rows)) }
  })
}

export function blocksOf(read: ReadRows, { tile, tiles, picture, traits }: DepthwiseShape): DepthwiseBlock[] {
  const most = picture === null ? mostStaged(read.d, tile.rows, traits.lanes) : mostInPlace(read.d)
  return rowBlocks(read, most, tile.rows).map((block) => ({
    ...block,
    tiles: tiles.map((same) => {
      const [from, end] = [Math.max(block.row, same.row), Math.min(block.row + block.rows, same.row + same.count * same.rows)]
      return Math.max(0, Math.ceil((end - from) / same.rows))
    }),
  }))
}

function mostStaged(d: ConvDescriptor, rows: number, lanes: number): number {
  let most = rows
  while (most < d.output[1] && stagedBytes(d, lanes, most + rows) <= BAND_BYTES) most += rows
  return most
}

function mostInPlace(d: ConvDescriptor): number {
  const macs = (d.oc / d.ic) * d.output[2] * d.kernel[1] * d.kernel[2]
  return Math.max(1, Math.min(Math.ceil((d.output[1] * d.ic) / LEAST_BLOCKS), Math.floor(CALL_MACS / macs)))
}
