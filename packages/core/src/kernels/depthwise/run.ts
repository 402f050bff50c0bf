// Running a depthwise convolution: calls for bands of neighbouring channels of a block of rows.
import { writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { DEPTHWISE_ARGS } from './args.ts'
import { CALL_MACS } from './blocks.ts'
import { depthwiseFunction } from './function.ts'
import { type DepthwisePlan, ROWS_AT, SPARE_AT, tapsOf } from './plan.ts'

/** Bytes from a channel to the next. */
export interface ChannelStrides {
  readonly x: number
  readonly y: number
}

/** Runs units [begin, end) on channels that lie so far apart. */
export function channelsRunner(
  plan: DepthwisePlan,
  code: ReadonlyMap<string, Callable>,
  memory: ArrayBufferLike,
): (begin: number, end: number, strides: ChannelStrides, at: Bindings, cancelled: () => boolean) => boolean {
  const { ic } = plan.descriptor
  const call = caller(plan, code, memory)
  return (begin, end, strides, at, cancelled) => {
    for (let unit = begin; unit < end; ) {
      if (cancelled()) return false
      const [block, channel] = [Math.floor(unit / ic), unit % ic]
      const macs = plan.blocks[block].rows * plan.shape.width * plan.multiplier * tapsOf(plan.descriptor)
      const channels = Math.min(Math.max(1, Math.floor(CALL_MACS / macs)), end - unit, ic - channel)
      // Whole bands first, then what is left as a smaller one.
      const bands = Math.floor(channels / plan.band)
      if (bands > 0) call(block, channel, bands, plan.band, strides, at)
      const left = channels % plan.band
      if (left > 0) call(block, channel + bands * plan.band, 1, left, strides, at)
      unit += channels
    }
    return true
  }
}

type Call = (block: number, channel: number, bands: number, channels: number, strides: ChannelStrides, at: Bindings) => void

/** Calls the function on one block of `bands` times `channels` neighbouring channels. */
function caller(plan: DepthwisePlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Call {
  const { descriptor: d, shape, blocks, multiplier } = plan
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const run = code.get(depthwiseFunction(shape).name) as Callable
  const { picture } = shape
  const [xRow, yRow] = [4 * shape.rows.width, 4 * shape.width]
  return (block, channel, bands, channels, strides, at) => {
    const args = at.private / 4
    const buffer = at.private + ROWS_AT
    const rows = blocks[block]
    const x = at.x + channel * strides.x + rows.xRow * xRow
    const staged = buffer + 4 * shape.rows.lead
    words[args + DEPTHWISE_ARGS.bands] = bands
    words[args + DEPTHWISE_ARGS.channels] = channels
    words[args + DEPTHWISE_ARGS.multiplier] = multiplier
    words[args + DEPTHWISE_ARGS.x] = x
    words[args + DEPTHWISE_ARGS.xRows] = rows.xRows
    words[args + DEPTHWISE_ARGS.xSkip] = strides.x - rows.xRows * shape.rowStep * xRow
    words[args + DEPTHWISE_ARGS.y] = at.y + channel * multiplier * strides.y + rows.row * yRow
    words[args + DEPTHWISE_ARGS.ySkip] = strides.y - rows.rows * yRow
    words[args + DEPTHWISE_ARGS.weights] = at.packed + 4 * channel * multiplier * (1 + tapsOf(d))
    words[args + DEPTHWISE_ARGS.buffer] = buffer
    words[args + DEPTHWISE_ARGS.vectors] = (channels * plan.planeFloats) / plan.traits.lanes
    words[args + DEPTHWISE_ARGS.plane] = picture === null ? 4 * plan.planeFloats : strides.x
    words[args + DEPTHWISE_ARGS.stage] = staged + 4 * rows.stageRow * shape.rows.rowFloats
    words[args + DEPTHWISE_ARGS.first] =
      picture === null
        ? staged + 4 * Math.min(0, shape.rows.low)
        : x + 4 * (picture.before - rows.stageRow) * shape.rows.rowFloats
    words[args + DEPTHWISE_ARGS.spare] = at.private + SPARE_AT
    words.set(rows.tiles, args + DEPTHWISE_ARGS.tiles)
    writeEpilogueArgs(words, floats, args, DEPTHWISE_ARGS, d, at)
    run(at.private)
  }
}
