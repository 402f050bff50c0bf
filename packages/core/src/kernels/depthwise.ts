// The depthwise kernel: every channel is a group of its own, staged a few rows at a time in the first cache.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { isLine } from './broadcast/dense.ts'
import { CALL_MACS, LEAST_BLOCKS } from './depthwise/blocks.ts'
import { depthwiseFunction } from './depthwise/function.ts'
import { type DepthwisePlan, planDepthwise, tapsOf, tooWide } from './depthwise/plan.ts'
import { channelsRunner } from './depthwise/run.ts'
import { byColumns } from './depthwise/shape.ts'
import { sumsTapsInTurn } from './direct/order.ts'
import { estimateDepthwise } from './estimate/depthwise.ts'
import { farTime } from './estimate/far.ts'
import type { Kernel } from './kernel.ts'
import { flush } from './pack.ts'
import { notPlain } from './plain.ts'

/** Taps at most: each is an instruction for every vector of a tile. */
export const MOST_TAPS = 128
/** Workers share an input channel by its rows alone; with more output channels of it the direct kernel has tiles of them. */
const MOST_MULTIPLIER = 8
/** Vectors of a channel as a row; of fewer the last, which goes back over others, costs more than ends of rows. */
const FEW_VECTORS = 16

export const depthwise: Kernel<DepthwisePlan> = {
  name: 'f32-depthwise',
  error: 1e-5,

  refuses(d, traits) {
    if (d.groups !== d.ic) return `${d.ic} input channels are in ${d.groups} groups; each must be a group`
    if (d.oc / d.groups > MOST_MULTIPLIER) return `a group has ${d.oc / d.groups} output channels, more than ${MOST_MULTIPLIER}`
    if (tapsOf(d) > MOST_TAPS) return `the kernel has ${tapsOf(d)} taps, more than ${MOST_TAPS}`
    return notPlain(d, traits) ?? tooWide(d, traits.lanes)
  },

  order: (d) => (sumsTapsInTurn(d) && !byColumns([d.kernel[1], d.kernel[2]]) ? 'direct' : 'depthwise'),
  estimate: (d, traits) => estimateDepthwise(lined(d, traits), traits) + farTime(d),

  plan: (d, traits) => ({ ...planDepthwise(lined(d, traits), traits), descriptor: d }),

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
    const run = channelsRunner(plan, code, memory)
    const { input, output } = plan.descriptor
    const strides = { x: 4 * input[1] * input[2], y: 4 * output[1] * output[2] }
    return (_, begin, end, at, cancelled) => run(begin, end, strides, at, cancelled)
  },
}

/** Where every pixel is taken by itself, where it lies, a channel is one row; of few channels workers share rows. */
function lined(d: ConvDescriptor, { masks, lanes }: MachineTraits): ConvDescriptor {
  const pixels = d.output[1] * d.output[2]
  if (!masks || !isLine(d) || d.ic < LEAST_BLOCKS || pixels < FEW_VECTORS * lanes) return d
  if ((pixels * d.oc) / d.ic > CALL_MACS) return d
  const line = [1, 1, pixels] as const
  return { ...d, input: line, output: line }
}
