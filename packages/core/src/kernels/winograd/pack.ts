// Filters of a Winograd convolution, G g G^T or their taps, in the order in which they are read, then biases and the tables of groups.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { flush, weightStrides } from '../pack.ts'
import { tapOf } from './axis.ts'
import type { Chunk } from './chunks.ts'
import { filterSums, filterTransform } from './filters.ts'
import { outputShapeOf } from './functions.ts'
import { INPUT_GROUP_WORDS } from './input-args.ts'
import { DIRECT_GROUP, OUTPUT_GROUP, OUTPUT_GROUP_WORDS } from './output-args.ts'
import type { WinogradPlan } from './plan.ts'
import { ROW_COPY, rowCopy } from './rows.ts'
import { TAP_SCALES } from './sums.ts'

export function packWinograd(
  plan: WinogradPlan,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const { descriptor: d, chunks } = plan
  const floats = new Float32Array(memory, offset, plan.inputTablesAt / 4)
  const channels = (plan.undivided.ic / d.groups) * d.kernel[0]
  const filterOf = filtersOf(plan, weight)
  if (plan.taps === null && !plan.made) packFactors(plan, channels, filterOf, floats)
  else packTaps(chunks, channels, plan.made ? plan.traits.lanes : 0, filterOf, floats)
  for (let oc = 0; oc < d.oc; oc++) floats[plan.biasAt / 4 + oc] = bias === null ? 0 : flush(bias[oc])
  packTables(plan, memory, offset)
}

/**
 * Filters in the order of those of a point: channel tile, input channel, row. The nine taps of so many neighbours lie one after the other,
 * then those of the next; where `together` is 0, of an input channel.
 */
function packTaps(chunks: readonly Chunk[], channels: number, together: number, filterOf: FilterOf, floats: Float32Array): void {
  for (const { oc, rows, tiles, filters, width } of chunks) {
    const [each, all] = [together || width, tiles * channels * width]
    floats.fill(0, filters / 4, filters / 4 + 9 * all)
    for (let tile = 0; tile < tiles; tile++) {
      for (let row = 0; row < rows; row++) {
        for (let channel = 0; channel < channels; channel++) {
          const { taps, at } = filterOf(oc + tile * rows + row, channel)
          const place = (tile * channels + channel) * width + row
          const to = filters / 4 + 9 * place - 8 * (place % each)
          for (let tap = 0; tap < 9; tap++) floats[to + tap * each] = flush(TAP_SCALES[tap] * taps[at + tap])
        }
      }
    }
  }
}

/** G g G^T. */
function packFactors(plan: WinogradPlan, channels: number, filterOf: FilterOf, floats: Float32Array): void {
  const transform = plan.sums ? filterSums() : filterTransform(plan.transform)
  const { points } = plan.transform
  const places = pointPlaces(plan)
  for (const { oc, rows, tiles, filters, width } of plan.chunks) {
    // The rows of an input channel lie side by side: they are written together, a point after the other.
    const factors = new Float64Array(points * width)
    for (let tile = 0; tile < tiles; tile++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let row = 0; row < rows; row++) {
          const { taps, at } = filterOf(oc + tile * rows + row, channel)
          transform(taps, at, factors, row, width)
        }
        for (let point = 0; point < points; point++) {
          const { at, first, count } = places[point]
          if (channel < first || channel >= first + count) continue
          const to = filters / 4 + (at * tiles + tile * count + channel - first) * width
          for (let row = 0; row < width; row++) floats[to + row] = flush(factors[point * width + row])
        }
      }
    }
  }
}

/** Of each point: the input channels that are summed at it, and how many there are of the points before. */
function pointPlaces({ descriptor: d, runs }: WinogradPlan) {
  const each = (d.ic / d.groups) * d.kernel[0]
  let at = 0
  return runs.flatMap(({ points, first, phases }) =>
    Array.from({ length: points }, () => {
      const count = phases * each
      at += count
      return { at: at - count, first: first * each, count }
    }),
  )
}

/** The taps of an output channel for an input channel: where they begin among others. */
interface Filter {
  readonly taps: Float32Array
  readonly at: number
}

type FilterOf = (oc: number, channel: number) => Filter

/** Channels are those of one plane under an output, phase by phase: planes one after the other. The taps of a phase are gathered anew. */
function filtersOf({ descriptor: d, undivided, phases }: WinogradPlan, weight: Float32Array): FilterOf {
  const placeOf = filterPlaces(d, weight.length)
  if (phases.length === 1) {
    const taps = d.transposed ? weight.toReversed() : weight
    return (oc, channel) => ({ taps, at: placeOf(oc, channel) })
  }
  const icPerGroup = d.ic / d.groups
  const [, height, width] = undivided.kernel
  const taps = new Float32Array(height * width)
  const sources = phases.map(({ y, x }) =>
    Array.from(taps, (_, index) => {
      const [row, col] = [tapOf(d, 1, y, Math.floor(index / width)), tapOf(d, 2, x, index % width)]
      return row < 0 || col < 0 ? -1 : row * d.kernel[2] + col
    }),
  )
  return (oc, channel) => {
    const [layer, ic] = [Math.floor(channel / icPerGroup), channel % icPerGroup]
    const from = placeOf(oc, Math.floor(layer / phases.length) * icPerGroup + ic)
    for (const [index, tap] of sources[layer % phases.length].entries()) taps[index] = tap < 0 ? 0 : weight[from + tap]
    return { taps, at: 0 }
  }
}

/** Where the taps of an output channel begin, for an input channel of one plane under it: planes one after the other. A transposed convolution's are read backwards. */
function filterPlaces(d: ConvDescriptor, floats: number): (oc: number, channel: number) => number {
  const { ic, channelOffset } = weightStrides(d)
  const [icPerGroup, [planes, kh, kw]] = [d.ic / d.groups, d.kernel]
  return (oc, channel) => {
    const plane = Math.floor(channel / icPerGroup)
    const at = channelOffset(oc) + (channel % icPerGroup) * ic
    return d.transposed ? floats - at - (planes - plane) * kh * kw : at + plane * kh * kw
  }
}

/** Blocks one after the other; every block's table begins where the groups before it end. */
function packTables(plan: WinogradPlan, memory: ArrayBufferLike, offset: number): void {
  const words = new Int32Array(memory, offset, plan.packedBytes / 4)
  const { direct } = outputShapeOf(plan)
  let [input, output] = [plan.inputTablesAt / 4, plan.outputTablesAt / 4]
  for (const group of plan.blocks.flatMap(({ groups }) => groups)) {
    words.set([4 * group.staged, 4 * group.tile], input)
    words[output + OUTPUT_GROUP.tile] = 4 * group.tile
    words[output + OUTPUT_GROUP.y] = 4 * group.y
    words[output + OUTPUT_GROUP.rows] = group.rows
    if (direct) {
      words.set(
        [0, 32].map((bit) => firstBits(group.cols - bit)),
        output + DIRECT_GROUP.bits,
      )
      words.set(
        [1, 2, 3].map((row) => Number(row < group.rows)),
        output + DIRECT_GROUP.more,
      )
    } else {
      const copy = rowCopy(group.cols, plan.machine.lanes)
      for (const name of ROW_COPY) words[output + OUTPUT_GROUP[name]] = copy[name]
    }
    input += INPUT_GROUP_WORDS
    output += OUTPUT_GROUP_WORDS
  }
}

/** A word whose first bits are set, up to all of its 32. */
function firstBits(count: number): number {
  return count >= 32 ? -1 : (1 << Math.max(0, count)) - 1
}
