// The plan of the matrix kernel: blocks of lines, blocks of channels, steps of products, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { TILE_ROWS, tileConfig } from '../../isa/matrix-unit.ts'
import { equalParts } from '../broadcast/shape.ts'
import type { Tap } from '../direct/axis.ts'
import { type Segments, segments } from '../direct/blocks.ts'
import { inPlace, type Layout, offsetOf, readsInPlace, stagedLayout, windowOf } from '../direct/layout.ts'
import { type Product, productsOf } from '../direct/order.ts'
import type { StagedPlan } from '../direct/stage.ts'
import type { Epilogue } from '../epilogue.ts'
import type { Plan } from '../kernel.ts'
import { BIAS_BYTES, ROW_WORDS, STEP_BYTES, SUMS_BYTES } from './args.ts'
import { type Block, blocksOf, lineOf, partsOf, rowsOf } from './blocks.ts'
import type { MatrixShape } from './function.ts'

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

/** Steps [from, from + count): what is gathered of a pair of lines at once. */
export interface Chunk {
  readonly from: number
  readonly count: number
  /** Whether sums begin with them, and whether they are complete then. */
  readonly first: boolean
  readonly last: boolean
}

export interface MatrixPlan extends Plan {
  /** What the first step stages for all workers; null where there is none. */
  readonly staged: StagedPlan | null
  /** Whether a worker stages what a block reads by itself, in its own memory from there on, in bytes. */
  readonly window: boolean
  readonly windowAt: number
  /** Whether staged planes are split, two at a time, and not pixels as they are gathered: each would be for every tap. */
  readonly split: boolean
  readonly layout: Layout
  readonly blocks: readonly Block[]
  readonly channels: readonly Channels[]
  readonly units: readonly Unit[]
  readonly chunks: readonly Chunk[]
  /** Bytes from the packed weights of a block of channels to those of the next. */
  readonly weightsBlock: number
  /** The configuration of tiles, the rows of all steps, then the lines of blocks: in bytes from `packed`. */
  readonly tables: Int32Array
  readonly tablesAt: number
  readonly rowsAt: number
  readonly linesAt: number
  /** Where a worker's own memory has gathered pixels and sums, in bytes. */
  readonly pixelsAt: number
  readonly nextPixelsAt: number
  readonly sumsAt: number
}

/** Products of a step, and output channels of a block of them. */
export const [STEP, ROWS] = [32, 32]
/** Bytes of the argument block at the beginning of a worker's own memory. */
const ARGS_BYTES = 256
/** Steps of a chunk at most: fewer take sums up more often, and of more the gathered pixels leave too little of the second cache. */
const CHUNK_STEPS = 18
/** Bytes of sums at most, where chunks take them up again: they stay in the second cache beside the weights of a chunk. */
const MOST_SUMS = 1024 * 1024
/** Lines of a block at most, and lines that are one. */
const [BLOCK_LINES, FEW_LINES] = [50, 26]
/** Units of a worker at least: one that is held up leaves some to others, and each gathers its pixels again. */
const WORKER_UNITS = 2

export function planMatrix(name: string, d: ConvDescriptor, traits: MachineTraits, workers: number): MatrixPlan {
  const cut = segments(d, false)
  const products = liveProducts(d, cut)
  const steps = Math.max(1, Math.ceil(products.length / STEP))
  const channels = channelsOf(d, steps)
  const perGroup = channels.length / d.groups
  const chunks = chunksOf(steps)
  const whole = layoutOf(d, cut)
  const parts = partsOf(d, whole, linesWanted(d, whole, chunks.length === 1 ? 0 : perGroup))
  // Workers that share a block would each stage all of it.
  const window = whole.staged && parts.length > 1 && parts.every(({ col }) => col.count === d.output[2])
  const layout = window ? windowOf(whole, d.output[1], Math.max(...parts.map(({ row }) => row.count))) : whole
  const { rows, low } = productRows(products, layout, cut, steps)
  const { blocks, tables: lines } = blocksOf(d, layout, parts, low, window)
  const pairs = Math.max(...blocks.map((block) => Math.ceil(block.lines.count / 2)))
  const units = unitsOf(d, blocks.length, workers)
  const config = tileConfig()
  const tables = Int32Array.from([...config, ...rows, ...lines])
  const weightsBlock = BIAS_BYTES + steps * STEP_BYTES
  const tablesAt = channels.length * weightsBlock
  const rowsAt = tablesAt + 4 * config.length
  const pixelsBytes = Math.max(...chunks.map(({ count }) => count)) * STEP_BYTES
  const sumsAt = ARGS_BYTES + 2 * pixelsBytes
  const split = layout.staged && inPairs(products)
  const stage = { name: 'stage', units: d.ic }
  const compute = { name: 'compute', units: units.length }
  const shares = layout.staged && !window
  const sharedBytes = shares ? 4 * d.ic * layout.planeFloats : 0
  const windowAt = sumsAt + SUMS_BYTES * (chunks.length === 1 ? 1 : pairs * perGroup)
  return {
    kernel: name,
    descriptor: d,
    traits,
    steps: shares ? [split ? { ...stage, units: d.ic / 2 } : stage, compute] : [compute],
    macs: d.oc * d.output[1] * d.output[2] * products.length,
    packedBytes: tablesAt + tables.byteLength,
    sharedBytes,
    privateBytes: windowAt + (window ? (4 * d.ic * layout.planeFloats) / d.groups : 0),
    staged: shares ? { descriptor: d, layout, traits, steps: [stage], sharedBytes, gatherAt: 0 } : null,
    split,
    window,
    windowAt,
    layout,
    blocks,
    channels,
    units,
    chunks,
    weightsBlock,
    tables,
    tablesAt,
    rowsAt,
    linesAt: rowsAt + 4 * rows.length,
    pixelsAt: ARGS_BYTES,
    nextPixelsAt: ARGS_BYTES + pixelsBytes,
    sumsAt,
  }
}

/** In the order of summation; taps that see nothing but padding are left out. */
export function liveProducts(d: ConvDescriptor, { rows, cols }: Segments = segments(d, false)): Product[] {
  const [tapsY, tapsX] = [rows[0].taps, cols[0].taps].map((taps) => new Set(taps.map(({ tap }) => tap)))
  return productsOf(d).filter(({ kh, kw }) => tapsY.has(kh) && tapsX.has(kw))
}

/** Whether every second product is the tap of an even channel, and the one behind it that of the next channel. */
function inPairs(products: readonly Product[]): boolean {
  return products.every(({ ic, kh, kw }, index) => {
    if (index % 2 === 0) return ic % 2 === 0 && index + 1 < products.length
    const even = products[index - 1]
    return ic === even.ic + 1 && kh === even.kh && kw === even.kw
  })
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

/** Of a block: weights are read again for each. @param kept blocks of channels whose sums are kept from chunk to chunk */
function linesWanted(d: ConvDescriptor, layout: Layout, kept: number): number {
  const [rows, cols] = rowsOf(d, layout)
  const lines = Math.ceil((rows * cols) / lineOf(cols).full)
  const most = kept === 0 ? BLOCK_LINES : Math.min(BLOCK_LINES, 2 * Math.max(1, Math.floor(MOST_SUMS / (kept * SUMS_BYTES))))
  return lines <= Math.min(most, FEW_LINES) ? lines : Math.ceil(lines / (2 * Math.ceil(lines / (2 * most))))
}

function chunksOf(steps: number): Chunk[] {
  return equalParts(steps, Math.ceil(steps / CHUNK_STEPS)).map(({ from, count }) => ({
    from,
    count,
    first: from === 0,
    last: from + count === steps,
  }))
}

/** The shape of the function that computes a chunk of a block. */
export function shapeOf(plan: MatrixPlan, { lines }: Block, { first, last }: Chunk, epilogue: Epilogue): MatrixShape {
  const { rows } = plan.channels[plan.channels.length - 1]
  const rest = rows === ROWS ? 0 : Math.ceil(rows / TILE_ROWS)
  return {
    turns: lines.turns,
    pieces: lines.pieces,
    split: plan.split,
    ahead: plan.channels[0].rows === ROWS,
    rest,
    first,
    last: last ? epilogue : null,
  }
}

/** Channels of a block are shared out where blocks are few: each worker gathers its pixels again. The last share has the block of fewer channels. */
function unitsOf({ groups, oc }: ConvDescriptor, blocks: number, workers: number): Unit[] {
  const [full, all] = [Math.floor(oc / groups / ROWS), Math.ceil(oc / groups / ROWS)]
  const shares =
    full === 0
      ? [{ from: 0, count: 0 }]
      : equalParts(full, Math.min(full, Math.ceil((WORKER_UNITS * workers) / (blocks * groups))))
  return Array.from({ length: groups * blocks }, (_, index) => index).flatMap((index) =>
    shares.map(({ from, count }) => ({
      block: index % blocks,
      group: Math.floor(index / blocks),
      from,
      to: from + count === full ? all : from + count,
    })),
  )
}

/**
 * For every product of every step, bytes from the lowest pixel of an output to that of the product, and from the pixel under the
 * output to the lowest. The last step is filled with a product that there is.
 */
function productRows(
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
