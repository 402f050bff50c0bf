// The plan of the planes kernel: blocks of output rows whose input rows stay in the first cache, a band of channels at a time.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { type RowBlock, rowBlocks } from '../depthwise/blocks.ts'
import { ROWS_AT, tapsOf } from '../depthwise/plan.ts'
import { type ReadRows, readRows, rowsUnder } from '../depthwise/rows.ts'
import { roundUp } from '../direct/layout.ts'
import type { Plan } from '../kernel.ts'
import { LINE, type PlanesShape, shapeFor } from './shape.ts'

export interface PlanesBlock extends RowBlock {
  /** Full tiles of its rows; then a last tile of fewer rows or none. */
  readonly tiles: number
  readonly lastTile: 0 | 1
}

export interface PlanesPlan extends Plan {
  readonly shape: PlanesShape
  /** Lanes of the tier, which rows are copied with. */
  readonly lanes: number
  readonly blocks: readonly PlanesBlock[]
  /** Input channels that are staged together at most, and floats from one to the next. */
  readonly band: number
  readonly planeFloats: number
  /** Floats of a block's sums of an output channel, and bytes from `private` to those of the first. */
  readonly sumFloats: number
  readonly sumsAt: number
}

/** Bytes of staged rows that a band of channels, and a channel of a block, should keep to: they, sums and weights stay in the first cache. */
const BAND_BYTES = 16 * 1024
/** Bytes of a block's sums that should stay there too. */
const SUM_BYTES = 16 * 1024
/** More channels than this gain nothing. */
const MOST_BAND = 16
/** Multiply-adds of vectors that a tile has for each line that it asks for. */
const MADDS_A_LINE = 12
/** Blocks for each of several workers at least, where there are rows for so many. */
const BLOCKS_EACH = 3

export function planPlanes(name: string, d: ConvDescriptor, tier: MachineTraits, workers: number): PlanesPlan {
  const base = shapeFor(d, tier)
  const read = readRows(d)
  const blocks = blocksOf(read, base, workers)
  const longest = blocks.reduce((most, { rows }) => Math.max(most, rows), 0)
  const planeFloats = stagedFloats(read.d, base, longest)
  const { band, sumFloats } = bandOf(d, base, planeFloats, longest)
  const shape = { ...base, ahead: linesAhead(d, base, blocks[0]) }
  const taps = tapsOf(d)
  const sumsAt = ROWS_AT + 4 * band * planeFloats
  return {
    kernel: name,
    descriptor: d,
    traits: shape.traits,
    steps: [{ name: 'compute', units: d.groups * blocks.length }],
    macs: d.oc * d.output[1] * d.output[2] * (d.ic / d.groups) * taps,
    packedBytes: 4 * d.oc * (1 + (d.ic / d.groups) * taps),
    sharedBytes: 0,
    privateBytes: sumsAt + (4 * sumFloats * d.oc) / d.groups,
    shape,
    lanes: tier.lanes,
    blocks,
    band,
    planeFloats,
    sumFloats,
    sumsAt,
  }
}

type Base = Omit<PlanesShape, 'ahead'>

/** No more than full tiles have time for, on machines that ask for a line without waiting; lines of rows that are skipped are among them. */
function linesAhead(d: ConvDescriptor, { traits, tile, vectors, rowStep }: Base, block: PlanesBlock | undefined): number {
  if (!traits.prefetches || block === undefined) return 0
  const lines = (4 * block.xRows * rowStep * d.input[2]) / LINE
  const tiles = ((block.tiles + block.lastTile) * Math.ceil(vectors / tile.cols) * d.oc) / d.groups
  return Math.min(Math.ceil(lines / tiles), Math.floor((tile.rows * tile.cols * tapsOf(d)) / MADDS_A_LINE))
}

function bandOf(d: ConvDescriptor, { vectors, traits }: Base, planeFloats: number, rows: number) {
  const band = Math.max(1, Math.min(d.ic / d.groups, MOST_BAND, Math.floor(BAND_BYTES / (4 * planeFloats))))
  return { band, sumFloats: rows * vectors * traits.lanes }
}

/** Floats of a channel's staged rows under `rows` output rows, with what vectors read beyond the last. */
function stagedFloats(d: ConvDescriptor, { rows: staged, vectors, traits: { lanes } }: Base, rows: number): number {
  const high = Math.max(...staged.taps.map(({ offset }) => offset))
  const slack = roundUp(Math.max(0, high + vectors * lanes - staged.pitch), lanes)
  return staged.lead + rowsUnder(d, rows) * staged.rowFloats + slack
}

/** As few blocks as the cache and the workers allow. */
function blocksOf(read: ReadRows, shape: Base, workers: number): PlanesBlock[] {
  const { d } = read
  const { rows } = shape.tile
  const height = d.output[1]
  const wanted = workers === 1 ? height : Math.ceil((height * d.groups) / (BLOCKS_EACH * workers))
  const sumBytes = (4 * shape.vectors * shape.traits.lanes * d.oc) / d.groups
  const fits = (count: number) => count * sumBytes <= SUM_BYTES && 4 * stagedFloats(d, shape, count) <= BAND_BYTES
  let most = rows
  while (most < wanted && fits(most + rows)) most += rows
  return rowBlocks(read, most, rows).map((block) => ({
    ...block,
    tiles: Math.floor(block.rows / rows),
    lastTile: block.rows % rows === 0 ? 0 : 1,
  }))
}
