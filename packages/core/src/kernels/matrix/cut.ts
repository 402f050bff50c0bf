// How the matrix kernel cuts a convolution: steps of products, chunks of steps, blocks of channels, parts of the output.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { equalParts } from '../broadcast/shape.ts'
import { type Segments, segments } from '../direct/blocks.ts'
import { inPlace, type Layout, readsInPlace, roundUp, stagedLayout, windowOf } from '../direct/layout.ts'
import { BIAS_BYTES, STEP_BYTES, SUMS_BYTES } from './args.ts'
import { type BlockPart, lineOf, partsOf, rowsOf } from './blocks.ts'

/** Up to 32 output channels of a group. */
export interface Channels {
  /** First output channel, all groups counted. */
  readonly oc: number
  readonly rows: number
  readonly group: number
  /** Bytes from `packed` to its tiles of biases, behind which those of weights follow. */
  readonly packed: number
}

/** Steps [from, from + count): what is gathered of a pair of lines at once. */
export interface Chunk {
  readonly from: number
  readonly count: number
  /** Whether sums begin with them, and whether they are complete then. */
  readonly first: boolean
  readonly last: boolean
}

export interface MatrixCut {
  readonly segments: Segments
  readonly steps: number
  readonly chunks: readonly Chunk[]
  readonly channels: readonly Channels[]
  /** Bytes from the packed weights of a block of channels to those of the next. */
  readonly weightsBlock: number
  readonly layout: Layout
  /** Whether a worker stages what a block reads by itself, in its own memory. */
  readonly window: boolean
  /** Whether workers share the lines, and not the channels of a block. */
  readonly byLines: boolean
  readonly parts: readonly BlockPart[]
}

/** Products of a step, and output channels of a block of them. */
export const [STEP, ROWS] = [32, 32]
/** Steps of a chunk at most: fewer take sums up more often, and of more the gathered pixels leave too little of the second cache. */
const CHUNK_STEPS = 18
/** Bytes of sums at most, where chunks take them up again: they stay in the second cache beside the weights of a chunk. */
const MOST_SUMS = 1024 * 1024
/** Lines of a block at most, and lines that are one. */
const [BLOCK_LINES, FEW_LINES] = [50, 26]

/**
 * Outputs of a channel, as a part of the channels of a group, from which on workers share lines and not channels: a worker that shares
 * channels gathers every pixel, one that shares lines reads every weight. Staged pixels that workers share cost them a step besides.
 */
const [SHARE_LINES, SHARE_STAGED_LINES] = [0.7, 0.5]

/** @param workers that share a run */
export function matrixCut(d: ConvDescriptor, workers: number): MatrixCut {
  const cut = segments(d, false)
  const products = (d.ic / d.groups) * cut.rows[0].taps.length * cut.cols[0].taps.length
  const steps = Math.max(1, Math.ceil(products / STEP))
  const chunks = chunksOf(steps)
  const weightsBlock = BIAS_BYTES + steps * STEP_BYTES
  const channels = channelsOf(d, weightsBlock)
  const whole = layoutOf(d, cut)
  const byLines = sharesLines(d, whole, workers)
  const wanted = linesWanted(d, whole, chunks.length === 1 ? 0 : channels.length / d.groups)
  const parts = partsOf(d, whole, byLines ? linesShared(d, whole, wanted, Math.ceil(workers / d.groups)) : wanted)
  // Workers that share a block would each stage all of it.
  const window = whole.staged && parts.length > 1 && parts.every(({ col }) => col.count === d.output[2])
  const layout = window ? windowOf(whole, d.output[1], Math.max(...parts.map(({ row }) => row.count))) : whole
  return { segments: cut, steps, chunks, channels, weightsBlock, layout, window, byLines, parts }
}

function layoutOf(d: ConvDescriptor, cut: Segments): Layout {
  return readsInPlace(d, cut.rows, cut.cols) ? inPlace(d) : stagedLayout(d, cut.rows, cut.cols)
}

function channelsOf(d: ConvDescriptor, weightsBlock: number): Channels[] {
  const perGroup = d.oc / d.groups
  const count = Math.ceil(perGroup / ROWS)
  return Array.from({ length: d.groups * count }, (_, index) => {
    const [group, from] = [Math.floor(index / count), ROWS * (index % count)]
    const rows = Math.min(ROWS, perGroup - from)
    return { oc: group * perGroup + from, rows, group, packed: index * weightsBlock }
  })
}

/** Of a block: weights are read again for each. @param kept blocks of channels whose sums are kept from chunk to chunk */
function linesWanted(d: ConvDescriptor, layout: Layout, kept: number): number {
  const lines = countLines(d, layout)
  const most = kept === 0 ? BLOCK_LINES : Math.min(BLOCK_LINES, 2 * Math.max(1, Math.floor(MOST_SUMS / (kept * SUMS_BYTES))))
  return lines <= Math.min(most, FEW_LINES) ? lines : Math.ceil(lines / (2 * Math.ceil(lines / (2 * most))))
}

/** Of a block, at most as many as are wanted: so that each worker has as many blocks, of pairs of lines. */
function linesShared(d: ConvDescriptor, layout: Layout, wanted: number, workers: number): number {
  const lines = countLines(d, layout)
  const blocks = roundUp(Math.ceil(lines / wanted), workers)
  return 2 * Math.ceil(lines / (2 * blocks))
}

function sharesLines({ oc, groups, output }: ConvDescriptor, { staged }: Layout, workers: number): boolean {
  const least = (staged ? SHARE_STAGED_LINES : SHARE_LINES) * (oc / groups)
  return groups < workers && output[1] * output[2] > least
}

function countLines(d: ConvDescriptor, layout: Layout): number {
  const [rows, cols] = rowsOf(d, layout)
  return Math.ceil((rows * cols) / lineOf(cols).full)
}

function chunksOf(steps: number): Chunk[] {
  return equalParts(steps, Math.ceil(steps / CHUNK_STEPS)).map(({ from, count }) => ({
    from,
    count,
    first: from === 0,
    last: from + count === steps,
  }))
}
