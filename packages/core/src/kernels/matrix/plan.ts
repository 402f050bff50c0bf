// The plan of the matrix kernel: blocks of lines, blocks of channels, steps of products, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { TILE_BYTES, TILE_ROWS, tileConfig } from '../../isa/matrix-unit.ts'
import { equalParts } from '../broadcast/shape.ts'
import type { Tap } from '../direct/axis.ts'
import { type Segments, segments } from '../direct/blocks.ts'
import { inPlace, type Layout, offsetOf, readsInPlace, stagedLayout } from '../direct/layout.ts'
import { type Product, productsOf } from '../direct/order.ts'
import type { StagedPlan } from '../direct/stage.ts'
import type { Plan } from '../kernel.ts'
import { type Block, blocksOf, LINE } from './blocks.ts'
import { ROW_WORDS, STEP_BYTES } from './gather.ts'
import { LINE_BYTES } from './multiply.ts'

/** Up to 32 output channels of a group. */
export interface Channels {
  /** First output channel, all groups counted. */
  readonly oc: number
  readonly rows: number
  readonly group: number
  /** Bytes from `packed` to its tiles of biases, behind which those of weights follow. */
  readonly packed: number
}

/** A block, and channels [from, to) of those of its group. */
export interface Unit {
  readonly block: number
  readonly group: number
  readonly from: number
  readonly to: number
}

/** Steps of 32 products [from, from + count) that are multiplied in one call. */
export interface Steps {
  readonly from: number
  readonly count: number
  /** Whether sums begin with them, and whether they are complete then. */
  readonly first: boolean
  readonly last: boolean
}

/** Steps that are gathered together. */
export interface Chunk {
  readonly from: number
  readonly count: number
  readonly turns: readonly Steps[]
}

export interface MatrixPlan extends Plan {
  readonly staged: StagedPlan | null
  readonly layout: Layout
  readonly blocks: readonly Block[]
  readonly channels: readonly Channels[]
  readonly units: readonly Unit[]
  readonly chunks: readonly Chunk[]
  /** The configuration of tiles, the rows of all steps, then the lines of blocks. */
  readonly tables: Int32Array
  readonly tablesAt: number
  readonly linesAt: number
  /** Where a worker's own memory has gathered pixels and sums, in bytes. */
  readonly pixelsAt: number
  readonly sumsAt: number
  /** Bytes from the sums of a pair of lines to those of the next: 0 where they are stored as soon as they are complete. */
  readonly sumsPair: number
}

/** Products of a step, and output channels of a block of them. */
export const [STEP, ROWS] = [32, 32]
/** Bytes of biases before the weights of a block of channels. */
export const BIAS_BYTES = (ROWS / TILE_ROWS) * TILE_BYTES
/** Bytes of the argument blocks at the beginning of a worker's own memory. */
const ARGS_BYTES = 256
/** Bytes of gathered pixels at most: they stay in the second cache while weights and sums go by. */
const PIXEL_BYTES = 512 * 1024
/** Steps whose weights stay in the first cache while lines go by, and steps of all pairs of lines that are worth a call. */
const [STEPS_AT_ONCE, PAIR_STEPS] = [9, 128]
/** Lines of a block at most, and lines that are one. */
const [BLOCK_LINES, FEW_LINES] = [50, 26]
/** Units at least, so that workers end at much the same time. */
const LEAST_UNITS = 16

export function planMatrix(name: string, d: ConvDescriptor, traits: MachineTraits): MatrixPlan {
  const cut = segments(d, false)
  const layout = layoutOf(d, cut)
  const products = liveProducts(d, cut)
  const steps = Math.max(1, Math.ceil(products.length / STEP))
  const channels = channelsOf(d, steps)
  const { rows, low } = rowsOf(products, layout, cut, steps)
  const { blocks, tables: lines } = blocksOf(d, layout, low, linesWanted(d))
  const pairs = Math.max(...blocks.map((block) => Math.ceil(block.lines.count / 2)))
  const chunks = chunksOf(steps, pairs)
  const units = unitsOf(d, blocks.length, channels.length / d.groups)
  const tables = Int32Array.from([...tileConfig(), ...rows, ...lines])
  const tablesAt = channels[channels.length - 1].packed + BIAS_BYTES + steps * STEP_BYTES
  const sumsPair = chunks.length === 1 && chunks[0].turns.length === 1 ? 0 : 2 * LINE_BYTES
  const blocksOfSums = chunks.length === 1 ? 1 : channels.length / d.groups
  const sumsAt = ARGS_BYTES + pairs * Math.max(...chunks.map(({ count }) => count)) * STEP_BYTES
  const stepsOfPlan = [...(layout.staged ? [{ name: 'stage', units: d.ic }] : []), { name: 'compute', units: units.length }]
  const sharedBytes = layout.staged ? 4 * d.ic * layout.planeFloats : 0
  return {
    kernel: name,
    descriptor: d,
    traits,
    steps: stepsOfPlan,
    macs: d.oc * d.output[1] * d.output[2] * products.length,
    packedBytes: tablesAt + tables.byteLength,
    sharedBytes,
    privateBytes: sumsAt + Math.max(2 * LINE_BYTES, blocksOfSums * pairs * sumsPair),
    staged: layout.staged ? { descriptor: d, layout, traits, steps: stepsOfPlan, sharedBytes, gatherAt: 0 } : null,
    layout,
    blocks,
    channels,
    units,
    chunks,
    tables,
    tablesAt,
    linesAt: tablesAt + 4 * (tileConfig().length + rows.length),
    pixelsAt: ARGS_BYTES,
    sumsAt,
    sumsPair,
  }
}

/** In the order of summation; taps that see nothing but padding are left out. */
export function liveProducts(d: ConvDescriptor, { rows, cols }: Segments = segments(d, false)): Product[] {
  const [tapsY, tapsX] = [rows[0].taps, cols[0].taps].map((taps) => new Set(taps.map(({ tap }) => tap)))
  return productsOf(d).filter(({ kh, kw }) => tapsY.has(kh) && tapsX.has(kw))
}

function layoutOf(d: ConvDescriptor, cut: Segments): Layout {
  return readsInPlace(d, cut.rows, cut.cols) ? inPlace(d) : stagedLayout(d, cut.rows, cut.cols)
}

function channelsOf(d: ConvDescriptor, steps: number): Channels[] {
  const perGroup = d.oc / d.groups
  const count = Math.ceil(perGroup / ROWS)
  return Array.from({ length: d.groups * count }, (_, index) => {
    const [group, from] = [Math.floor(index / count), ROWS * (index % count)]
    const rows = Math.min(ROWS, perGroup - from)
    return { oc: group * perGroup + from, rows, group, packed: index * (BIAS_BYTES + steps * STEP_BYTES) }
  })
}

/** Of a block: weights are read again for each, and pixels gathered again by every worker that shares one. */
function linesWanted(d: ConvDescriptor): number {
  const lines = Math.ceil((d.output[1] * d.output[2]) / LINE)
  return lines <= FEW_LINES ? lines : Math.ceil(lines / (2 * Math.ceil(lines / (2 * BLOCK_LINES))))
}

function chunksOf(steps: number, pairs: number): Chunk[] {
  const atOnce = Math.max(STEPS_AT_ONCE, Math.ceil(PAIR_STEPS / pairs))
  return equalParts(steps, Math.ceil((pairs * steps * STEP_BYTES) / PIXEL_BYTES)).map(({ from, count }) => ({
    from,
    count,
    turns: equalParts(count, Math.ceil(count / atOnce)).map((part) => ({
      from: from + part.from,
      count: part.count,
      first: from + part.from === 0,
      last: from + part.from + part.count === steps,
    })),
  }))
}

/** Channels of a block are shared out where blocks are few: each worker gathers its pixels again. */
function unitsOf({ groups }: ConvDescriptor, blocks: number, channels: number): Unit[] {
  const shares = equalParts(channels, Math.min(channels, Math.ceil(LEAST_UNITS / (blocks * groups))))
  return Array.from({ length: groups * blocks }, (_, index) => index).flatMap((index) =>
    shares.map(({ from, count }) => ({
      block: index % blocks,
      group: Math.floor(index / blocks),
      from,
      to: from + count,
    })),
  )
}

/**
 * For every product of every step, bytes from the lowest pixel of an output to that of the product, and from the pixel under the
 * output to the lowest. The last step is filled with a product that there is.
 */
function rowsOf(
  products: readonly Product[],
  layout: Layout,
  { rows, cols }: Segments,
  steps: number,
): { rows: Int32Array; low: number } {
  const [tapsY, tapsX] = [rows[0].taps, cols[0].taps].map((taps) => new Map(taps.map((tap) => [tap.tap, tap])))
  const offsets = products.map(({ ic, kh, kw }) => {
    return 4 * (ic * layout.planeFloats + offsetOf(layout, tapsY.get(kh) as Tap, tapsX.get(kw) as Tap))
  })
  const low = offsets.reduce((least, offset) => Math.min(least, offset), offsets[0] ?? 0)
  const words = (STEP / 2) * ROW_WORDS * steps
  return { rows: Int32Array.from({ length: words }, (_, index) => (offsets[index] ?? low) - low), low }
}
