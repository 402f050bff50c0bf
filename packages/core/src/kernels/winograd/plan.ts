// The plan of a Winograd convolution: blocks of tiles, chunks of output channels, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { sumsBytes } from '../broadcast/tile.ts'
import { area } from '../estimate/far.ts'
import type { Plan } from '../kernel.ts'
import { machineFor } from '../narrow.ts'
import { oddLines } from '../odd-lines.ts'
import { type Grid, unitAt } from '../range.ts'
import { weightsAhead } from '../tile.ts'
import { axisOf } from './axis.ts'
import { type Chunk, chunksAcross, chunksOf, vectorsAcross, vectorsOfFew } from './chunks.ts'
import { fewTiles, usesTaps } from './few.ts'
import { INPUT_ARGS, INPUT_GROUP_WORDS, type InputPhase } from './input-args.ts'
import { OUTPUT_GROUP_WORDS } from './output-args.ts'
import { type Phase, type PointRun, phasesOf, productsOf, runsOf, undivided } from './phases.ts'
import type { TileTransform } from './points.ts'
import { blockTiles, columnsFor, productsPitch, rowsFor } from './sizes.ts'
import { type Slab, slabsOf } from './slabs.ts'
import { makesFilters, sumsTaps } from './sums.ts'
import { type TapsShape, tapsProducts, tapsShape } from './taps.ts'
import { blocksOf, type Block as FlatBlock, type Staging, stagingOf, stripWidth, tilesOf } from './tiles.ts'

/** Tiles of some planes of the output: in 2-D of its only one. */
export interface Block extends FlatBlock, Slab {}

/** Where what a worker has alone begins, in bytes. */
export interface PrivateLayout {
  readonly scratch: number
  readonly line: number
  readonly staged: number
  readonly products: number
  readonly factors: number
  readonly filters: number
  readonly sums: number
}

export interface WinogradPlan extends Plan {
  readonly transform: TileTransform
  /** Of the transforms, whose vectors hold tiles of one row. */
  readonly machine: MachineTraits
  /** The convolution of stride 1 that is computed, and the phases whose channels it has. */
  readonly undivided: ConvDescriptor
  readonly phases: readonly Phase[]
  readonly inputPhases: readonly InputPhase[]
  readonly runs: readonly PointRun[]
  /** Input channels of the whole convolution that a unit of the step that makes shared factors transforms, all phases of each; stretches of so many in a group. */
  readonly icAtOnce: number
  readonly stretches: number
  readonly staging: Staging
  readonly blocks: readonly Block[]
  readonly chunks: readonly Chunk[]
  /**
   * Whether a worker that multiplies a block has transformed it itself, in its own memory; else the factors are shared, and a
   * step of its own makes them.
   */
  readonly alone: boolean
  /** Units of the steps: input channels by blocks, and chunks by blocks, of all groups, of a plan that shares factors. */
  readonly icGrid: Grid
  readonly ocGrid: Grid
  /** Vectors side by side in a register tile. */
  readonly cols: number
  /** Tiles of a block, where vectors hold output channels instead of them (across.ts, taps.ts); else null. */
  readonly across: number | null
  /** Whether tiles are few (few.ts), filters sums of taps, and made by each worker (sums.ts), those at a row of points at once. */
  readonly few: boolean
  readonly sums: boolean
  readonly made: boolean
  /** Where filters are packed as their taps, and vectors hold output channels (taps.ts); else null. */
  readonly taps: TapsShape | null
  /** Floats from a point's products to the next point's; from an input channel's factors to the next, and a point's. */
  readonly pitch: number
  readonly vChannel: number
  readonly vPoint: number
  readonly vBlock: number
  readonly private: PrivateLayout
  /** Bytes from `packed` to the biases and the tables of groups. */
  readonly biasAt: number
  readonly inputTablesAt: number
  readonly outputTablesAt: number
}

/** Input channels of a unit of the step that makes shared factors, of all phases. */
const IC_AT_ONCE = 32
/**
 * Workers do not share a block from this many on. Of fewer they do not where a block's factors are no more than these bytes, of two
 * workers at most and of more, who would each make them all: made twice they cost less than passing from one core's caches to
 * another's; unless filters, which each of several blocks passes over, are more than these.
 */
const [BLOCKS_ALONE, FACTORS_OF_TWO, FACTORS_ALONE, FILTERS_ALONE] = [16, 6 * 2 ** 20, 1.5 * 2 ** 20, 12 * 2 ** 20]
const ARGS_BYTES = 128

export function planWinograd(
  name: string,
  descriptor: ConvDescriptor,
  t: TileTransform,
  traits: MachineTraits,
  workers: number,
): WinogradPlan {
  const { lanes } = traits
  const [d, phases, summed] = [undivided(descriptor), phasesOf(descriptor), runsOf(descriptor, t)]
  const { points } = t
  const [icPerGroup, ocPerGroup] = [d.ic / d.groups, d.oc / d.groups]
  const machine = machineFor(stripWidth(d, t), traits)
  const flat = blocksOf(descriptor, t, machine.lanes, blockTiles(d, t, traits))
  const most = flat.reduce((tiles, block) => Math.max(tiles, block.tiles), 0)
  const slabs = slabsOf(d, 4 * points * icPerGroup * most)
  const blocks = slabs.flatMap((slab) => flat.map((block) => ({ ...block, ...slab })))
  const few = fewTiles(descriptor, t)
  const pitch = few ? most : Math.ceil(most / lanes) * lanes
  const cols = columnsFor(Math.ceil(pitch / lanes), traits)
  const cells = blocks.length * d.groups
  const products = (productsOf(summed) * d.kernel[0] * icPerGroup) / phases.length
  const size = { points, products, pitch, tiles: most, cells }
  const fromTaps = few && usesTaps(d, products, traits)
  const vectors = fromTaps ? 1 : few ? vectorsOfFew(d, size, traits, workers) : vectorsAcross(d, size, traits, workers)
  const made = makesFilters(descriptor, t, traits)
  const packed = fromTaps || made ? area(d.kernel) * icPerGroup : products
  const chunks = vectors > 0 ? chunksAcross(d, packed, lanes, vectors) : chunksOf(d, size, packed, rowsFor(cols, traits), traits)
  const filterBytes = chunks.reduce((sum, { tiles, width }) => sum + 4 * packed * tiles * width, 0)
  // A group's last lanes may lie behind its block's tiles.
  const reach = Math.max(...flat.flatMap(({ groups }) => groups.map(({ tile }) => tile + machine.lanes)))
  const vChannel = few ? most : Math.max(pitch, Math.ceil(reach / lanes) * lanes)
  const vPoint = oddLines(slabs[0].inputs * icPerGroup * vChannel)
  const vBlock = points * vPoint
  const factors = workers > 2 ? FACTORS_ALONE : FACTORS_OF_TWO
  const kept = 4 * vBlock <= factors && (blocks.length === 1 || filterBytes <= FILTERS_ALONE)
  const alone = blocks.length >= BLOCKS_ALONE || kept
  const staging = stagingOf(t.x, d.dilation[2], descriptor.stride[2], machine.lanes)
  const chunkRows = Math.max(...chunks.map(({ rows, tiles }) => rows * tiles))
  const own = layoutOf(t, lanes, staging, blocks, {
    products: chunkRows * productsPitch(points, pitch) + lanes,
    factors: alone ? vBlock : 0,
    filters: made ? Math.max(...chunks.map((chunk) => madeFloats(t, icPerGroup, chunk))) : 0,
    sums: sumsBytes(vectors, fromTaps ? points * most : most, lanes) / 4,
  })
  const taps = fromTaps ? tapsShape(descriptor, t, 4 * vPoint) : null
  const tiles = flat.reduce((sum, block) => sum + block.tiles, 0)
  const multiplied = taps === null ? products * tiles : tapsProducts(taps) * d.kernel[0] * icPerGroup
  const inputTablesAt = filterBytes + 4 * d.oc
  const groups = blocks.reduce((count, block) => count + block.groups.length, 0)
  const outputTablesAt = inputTablesAt + 4 * INPUT_GROUP_WORDS * groups
  const icAtOnce = Math.ceil(IC_AT_ONCE / phases.length)
  const stretches = Math.ceil(icPerGroup / phases.length / icAtOnce)
  return {
    kernel: name,
    descriptor,
    traits,
    steps: alone
      ? [{ name: 'convolve', units: blocks.length * chunks.length }]
      : [
          { name: 'transform', units: cells * stretches },
          { name: 'multiply', units: blocks.length * chunks.length },
        ],
    macs: multiplied * d.oc * d.output[0],
    packedBytes: outputTablesAt + 4 * OUTPUT_GROUP_WORDS * groups,
    sharedBytes: alone ? 0 : 4 * cells * vBlock,
    privateBytes: own.bytes,
    transform: t,
    machine,
    undivided: d,
    phases,
    inputPhases: inputPhasesOf(descriptor, phases),
    runs: made ? rowRuns(t) : summed,
    icAtOnce,
    stretches,
    staging,
    blocks,
    chunks,
    alone,
    icGrid: { tiles: stretches * d.groups, blocks: blocks.length, blockMajor: true },
    ocGrid: {
      tiles: chunks.length,
      blocks: blocks.length,
      blockMajor: ocPerGroup * d.kernel[0] < tilesOf(d, t) * d.input[0],
    },
    cols,
    across: vectors > 0 ? most : null,
    few,
    sums: sumsTaps(descriptor, t),
    made,
    taps,
    pitch,
    vChannel,
    vPoint,
    vBlock,
    private: own,
    biasAt: filterBytes,
    inputTablesAt,
    outputTablesAt,
  }
}

/** A unit where workers do not share factors: all chunks of a block's group follow each other. `cell` numbers the blocks of all groups. */
export function aloneUnit({ blocks, chunks, descriptor: { groups } }: WinogradPlan, unit: number) {
  const each = chunks.length / groups
  const cell = Math.floor(unit / each)
  const [group, block] = [Math.floor(cell / blocks.length), cell % blocks.length]
  return { cell, block, chunk: chunks[group * each + (unit % each)] }
}

/** A unit of the step that multiplies factors that workers share. */
export function sharedUnit({ chunks, ocGrid }: WinogradPlan, unit: number) {
  const { tile, block } = unitAt(unit, ocGrid)
  return { block, chunk: chunks[tile] }
}

/** Filters of a chunk at a row of points, and as many floats behind them as are asked for ahead of their use. */
function madeFloats({ x }: TileTransform, ic: number, { tiles, width }: Chunk): number {
  return x.n * ic * tiles * width + weightsAhead(4 * width) / 4
}

/** Of stride 1: the points of each row. */
function rowRuns({ y, x }: TileTransform): PointRun[] {
  return Array.from({ length: y.n }, (_, row) => ({ point: row * x.n, points: x.n, first: 0, phases: 1 }))
}

/** Of all blocks alike. */
function inputPhasesOf(d: ConvDescriptor, phases: readonly Phase[]): InputPhase[] {
  const [top, left] = [1, 2].map((axis) => axisOf(d, 1, axis as 1 | 2).first)
  return phases.map(({ y, x }) => ({ from: [y.at - top, x.at - left], whole: [y.whole, x.whole] }))
}

function layoutOf(
  t: TileTransform,
  lanes: number,
  staging: Staging,
  blocks: readonly Block[],
  floats: { products: number; factors: number; filters: number; sums: number },
): PrivateLayout & { bytes: number } {
  let at = Math.ceil((4 * Math.max(...Object.values(INPUT_ARGS), 32)) / ARGS_BYTES) * ARGS_BYTES
  const take = (count: number): number => {
    const from = at
    at += Math.ceil((4 * count) / 64) * 64
    return from
  }
  const height = blocks.reduce((most, block) => Math.max(most, block.height), 0)
  const scratch = take(t.points * lanes)
  // Line and staged rows are cleared together; the line serves the output's pixels too.
  const line = take(staging.lineFloats)
  const staged = take(height * staging.rowFloats)
  const products = take(floats.products)
  const [factors, filters, sums] = [take(floats.factors), take(floats.filters), take(floats.sums)]
  return { scratch, line, staged, products, factors, filters, sums, bytes: at }
}
