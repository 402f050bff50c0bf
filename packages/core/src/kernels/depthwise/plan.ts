// The plan of the depthwise kernel: blocks of output rows whose input rows stay in the first cache.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { roundUp } from '../direct/layout.ts'
import type { Plan } from '../kernel.ts'
import { type ReadRows, readRows, rowsOf } from './rows.ts'
import { type DepthwiseShape, type Fold, machineFor, shapeFor } from './shape.ts'

export interface DepthwiseBlock {
  /** The first output row, and full tiles of rows; then a last tile of fewer rows or none. */
  readonly row: number
  readonly tiles: number
  readonly lastTile: 0 | 1
  /** The input rows under it that exist and are read: the first, how many, and the place of the first among the staged rows. */
  readonly xRow: number
  readonly xRows: number
  readonly stageRow: number
  /** Output rows. */
  readonly rows: number
}

export interface DepthwisePlan extends Plan {
  readonly shape: DepthwiseShape
  readonly blocks: readonly DepthwiseBlock[]
  /** Output channels of an input channel. */
  readonly multiplier: number
  /** Input channels that are staged together at most, and floats from one to the next. */
  readonly band: number
  readonly planeFloats: number
}

/** Bytes from the beginning of a worker's own memory, where the argument block is, to a spare vector, and to the staged rows. */
export const [SPARE_AT, ROWS_AT] = [128, 192]
/** Bytes of staged rows that a band of channels should keep to, so that they and what is read and written stay in the first cache. */
const BAND_BYTES = 16 * 1024
/** Bytes of the staged rows under a single output row at most. */
const MOST_BYTES = 64 * 1024

/** More channels than this gain nothing. */
const MOST_BAND = 8
/** Bytes of staged rows under `rows` output rows. */
function stagedBytes(d: ConvDescriptor, lanes: number, rows: number): number {
  const { lead, slack, rowFloats } = rowsOf(d, lanes)
  return 4 * (lead + rowsUnder(d, rows) * rowFloats + slack)
}

export function tooWide(d: ConvDescriptor, lanes: number): string | null {
  const bytes = stagedBytes(d, lanes, 1)
  if (bytes <= MOST_BYTES) return null
  return `the rows under one output row take ${bytes} bytes with their padding, more than ${MOST_BYTES} that are staged at once`
}

export function planDepthwise(d: ConvDescriptor, tier: MachineTraits, fold?: Fold): DepthwisePlan {
  const traits = machineFor(d, tier)
  const shape = shapeFor(d, traits, fold)
  const blocks = blocksOf(readRows(d), shape, traits.lanes)
  const longest = blocks.reduce((most, { rows }) => Math.max(most, rows), 0)
  const planeFloats = roundUp(stagedBytes(readRows(d).d, traits.lanes, longest) / 4, traits.lanes)
  const band = Math.max(1, Math.min(d.ic, MOST_BAND, Math.floor(BAND_BYTES / (4 * planeFloats))))
  const taps = tapsOf(d)
  return {
    kernel: 'f32-depthwise',
    descriptor: d,
    traits,
    steps: [{ name: 'compute', units: d.ic * blocks.length }],
    macs: d.oc * d.output[1] * d.output[2] * taps,
    packedBytes: 4 * d.oc * (1 + taps),
    sharedBytes: 0,
    privateBytes: ROWS_AT + 4 * band * planeFloats,
    shape,
    blocks,
    multiplier: d.oc / d.ic,
    band,
    planeFloats,
  }
}

/** As few blocks as the cache allows, of nearly equal height, each but the last of whole tiles. */
function blocksOf({ d, first: offset, step }: ReadRows, { tile }: DepthwiseShape, lanes: number): DepthwiseBlock[] {
  const height = d.output[1]
  let most = tile.rows
  while (most < height && stagedBytes(d, lanes, most + tile.rows) <= BAND_BYTES) most += tile.rows
  const each = roundUp(Math.ceil(height / Math.ceil(height / most)), tile.rows)
  const blocks: DepthwiseBlock[] = []
  for (let row = 0; row < height; row += each) {
    const rows = Math.min(each, height - row)
    const first = row * d.stride[1] - d.before[1]
    const xRow = Math.min(Math.max(0, first), d.input[1])
    const xEnd = Math.max(xRow, Math.min(d.input[1], first + rowsUnder(d, rows)))
    blocks.push({
      row,
      tiles: Math.floor(rows / tile.rows),
      lastTile: rows % tile.rows === 0 ? 0 : 1,
      xRow: offset + step * xRow,
      xRows: xEnd - xRow,
      stageRow: Math.min(xRow - first, rowsUnder(d, rows)),
      rows,
    })
  }
  return blocks
}

export function tapsOf(d: ConvDescriptor): number {
  return d.kernel[1] * d.kernel[2]
}

export function rowsUnder(d: ConvDescriptor, rows: number): number {
  return (rows - 1) * d.stride[1] + (d.kernel[1] - 1) * d.dilation[1] + 1
}
