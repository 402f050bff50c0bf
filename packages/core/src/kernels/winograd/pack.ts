// Filters of a Winograd convolution, G g G^T, in the order in which they are read, then biases and the tables of groups.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { flush, weightStrides } from '../pack.ts'
import { tapOf } from './axis.ts'
import { INPUT_GROUP_WORDS } from './input-args.ts'
import { DIRECT_GROUP, OUTPUT_GROUP, OUTPUT_GROUP_WORDS } from './output-args.ts'
import { outputShapeOf, type WinogradPlan } from './plan.ts'
import { filterMatrix, type TileTransform } from './points.ts'
import { ROW_COPY, rowCopy } from './rows.ts'

export function packWinograd(
  plan: WinogradPlan,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const { descriptor: d, chunks, transform: t } = plan
  const floats = new Float32Array(memory, offset, plan.inputTablesAt / 4)
  const channels = (plan.undivided.ic / d.groups) * d.kernel[0]
  const transform = filterTransform(t)
  const { points } = t
  const places = pointPlaces(plan)
  const filterOf = filtersOf(plan, weight)
  for (const { oc, rows, tiles, filters, width } of chunks) {
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
  for (let oc = 0; oc < d.oc; oc++) floats[plan.biasAt / 4 + oc] = bias === null ? 0 : flush(bias[oc])
  packTables(plan, memory, offset)
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

/** Channels are those of one plane under an output, phase by phase: planes one after the other. The taps of a phase are gathered anew. */
function filtersOf(
  { descriptor: d, undivided, phases }: WinogradPlan,
  weight: Float32Array,
): (oc: number, channel: number) => Filter {
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

type FilterTransform = (weight: Float32Array, from: number, out: Float64Array, at: number, step: number) => void

/** G g G^T of the filter that begins at `from`, in double precision, a number every `step` of `out`. */
function filterTransform({ y, x }: TileTransform): FilterTransform {
  const [down, along] = [y, x].map((t) => Float64Array.from(filterMatrix(t).flat()))
  if (y.r === 3 && x.r === 3) return filterTransformOf3(down, new Float64Array(y.n * 3), y.n)
  const half = new Float64Array(y.n * x.r)
  return (weight, from, out, at, step) => {
    for (let i = 0; i < y.n; i++) {
      for (let col = 0; col < x.r; col++) {
        let sum = 0
        for (let row = 0; row < y.r; row++) sum += down[i * y.r + row] * weight[from + row * x.r + col]
        half[i * x.r + col] = sum
      }
      for (let j = 0; j < x.n; j++) {
        let sum = 0
        for (let col = 0; col < x.r; col++) sum += half[i * x.r + col] * along[j * x.r + col]
        out[at + (i * x.n + j) * step] = sum
      }
    }
  }
}

/** The same, three taps written out: networks have millions of such filters, and every start waits for them. */
function filterTransformOf3(matrix: Float64Array, half: Float64Array, n: number): FilterTransform {
  return (weight, from, out, at, step) => {
    for (let col = 0; col < 3; col++) {
      const [g0, g1, g2] = [weight[from + col], weight[from + 3 + col], weight[from + 6 + col]]
      for (let i = 0; i < 3 * n; i += 3) half[i + col] = matrix[i] * g0 + matrix[i + 1] * g1 + matrix[i + 2] * g2
    }
    for (let i = 0, to = at; i < 3 * n; i += 3) {
      const [h0, h1, h2] = [half[i], half[i + 1], half[i + 2]]
      for (let j = 0; j < 3 * n; j += 3, to += step) out[to] = h0 * matrix[j] + h1 * matrix[j + 1] + h2 * matrix[j + 2]
    }
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
