// The depthwise kernel: every channel is a group of its own, staged a few rows at a time in the first cache.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { DEPTHWISE_ARGS, depthwiseFunction } from './depthwise/function.ts'
import { ARGS_BYTES, type DepthwisePlan, planDepthwise, tooWide } from './depthwise/plan.ts'
import { byColumns } from './depthwise/shape.ts'
import { sumsTapsInTurn } from './direct/order.ts'
import { writeEpilogueArgs } from './epilogue.ts'
import { estimateDepthwise } from './estimate/depthwise.ts'
import type { Bindings, Callable, Kernel } from './kernel.ts'
import { flush } from './pack.ts'

/** Multiply-accumulates of a call at most: a cancelled run ends after one. */
const CALL_MACS = 1 << 20
/** Taps at most: each is an instruction for every vector of a tile. */
export const MOST_TAPS = 128
/** Workers share an input channel by its rows alone; with more output channels of it the direct kernel has tiles of them. */
const MOST_MULTIPLIER = 8

export const depthwise: Kernel<DepthwisePlan> = {
  name: 'f32-depthwise',
  error: 1e-5,

  refuses(d, traits) {
    if (traits.lanes === 1) return 'the scalar tier has no vectors'
    if (d.transposed) return 'the convolution is transposed'
    if (d.groups !== d.ic) return `${d.ic} input channels are in ${d.groups} groups; each must be a group`
    if (d.oc / d.groups > MOST_MULTIPLIER) return `a group has ${d.oc / d.groups} output channels, more than ${MOST_MULTIPLIER}`
    if (d.rank === 3) return 'the convolution is 3-D'
    if (d.paddingMode !== 'zeros') return `the padding is ${d.paddingMode}, not zeros`
    if (tapsOf(d) > MOST_TAPS) return `the kernel has ${tapsOf(d)} taps, more than ${MOST_TAPS}`
    return tooWide(d, traits.lanes)
  },

  order: (d) => (sumsTapsInTurn(d) && !byColumns([d.kernel[1], d.kernel[2]]) ? 'direct' : 'depthwise'),
  estimate: estimateDepthwise,

  plan: (d, traits) => planDepthwise(d, traits),

  costs: (plan, step) =>
    Float64Array.from({ length: plan.steps[step].units }, (_, unit) => plan.blocks[Math.floor(unit / plan.descriptor.ic)].rows),

  functions: (plan) => [depthwiseFunction(plan.shape)],

  pack(plan, weight, bias, memory, offset) {
    const { oc } = plan.descriptor
    const taps = tapsOf(plan.descriptor)
    const floats = new Float32Array(memory, offset, plan.packedBytes / 4)
    for (let channel = 0; channel < oc; channel++) {
      const at = channel * (1 + taps)
      floats[at] = bias === null ? 0 : flush(bias[channel])
      for (let tap = 0; tap < taps; tap++) floats[at + 1 + tap] = flush(weight[channel * taps + tap])
    }
  },

  runner(plan, code, memory) {
    const { ic, output } = plan.descriptor
    const call = caller(plan, code, memory)
    return (_, begin, end, at, cancelled) => {
      for (let unit = begin; unit < end; ) {
        if (cancelled()) return false
        const [block, channel] = [Math.floor(unit / ic), unit % ic]
        const macs = plan.blocks[block].rows * output[2] * plan.multiplier * tapsOf(plan.descriptor)
        const channels = Math.min(Math.max(1, Math.floor(CALL_MACS / macs)), end - unit, ic - channel)
        // Whole bands first, then what is left as a smaller one.
        const bands = Math.floor(channels / plan.band)
        if (bands > 0) call(block, channel, bands, plan.band, at)
        const left = channels % plan.band
        if (left > 0) call(block, channel + bands * plan.band, 1, left, at)
        unit += channels
      }
      return true
    }
  },
}

type Call = (block: number, channel: number, bands: number, channels: number, at: Bindings) => void

/** Calls the function on one block of `bands` times `channels` neighbouring channels. */
function caller(plan: DepthwisePlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Call {
  const { descriptor: d, shape, blocks, multiplier } = plan
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const run = code.get(depthwiseFunction(shape).name) as Callable
  const [xRow, yRow] = [4 * d.input[2], 4 * d.output[2]]
  const [xChannel, yChannel] = [xRow * d.input[1], yRow * d.output[1]]
  return (block, channel, bands, channels, at) => {
    const args = at.private / 4
    const buffer = at.private + ARGS_BYTES
    const rows = blocks[block]
    words[args + DEPTHWISE_ARGS.bands] = bands
    words[args + DEPTHWISE_ARGS.channels] = channels
    words[args + DEPTHWISE_ARGS.multiplier] = multiplier
    words[args + DEPTHWISE_ARGS.x] = at.x + channel * xChannel + rows.xRow * xRow
    words[args + DEPTHWISE_ARGS.xRows] = rows.xRows
    words[args + DEPTHWISE_ARGS.xSkip] = xChannel - rows.xRows * xRow
    words[args + DEPTHWISE_ARGS.y] = at.y + channel * multiplier * yChannel + rows.row * yRow
    words[args + DEPTHWISE_ARGS.ySkip] = yChannel - rows.rows * yRow
    words[args + DEPTHWISE_ARGS.weights] = at.packed + 4 * channel * multiplier * (1 + tapsOf(d))
    words[args + DEPTHWISE_ARGS.buffer] = buffer
    words[args + DEPTHWISE_ARGS.vectors] = (channels * plan.planeFloats) / plan.traits.lanes
    words[args + DEPTHWISE_ARGS.plane] = 4 * plan.planeFloats
    words[args + DEPTHWISE_ARGS.stage] = buffer + 4 * (shape.rows.lead + rows.stageRow * shape.rows.rowFloats)
    words[args + DEPTHWISE_ARGS.first] = buffer + 4 * (shape.rows.lead + Math.min(0, shape.rows.low))
    words[args + DEPTHWISE_ARGS.tiles] = rows.tiles
    words[args + DEPTHWISE_ARGS.lastTile] = rows.lastTile
    writeEpilogueArgs(words, floats, args, DEPTHWISE_ARGS, d, at)
    run(at.private)
  }
}

function tapsOf(d: ConvDescriptor): number {
  return d.kernel[1] * d.kernel[2]
}
