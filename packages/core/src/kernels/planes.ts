// The planes kernel: few output channels of many input ones, which are staged a few rows at a time in the first cache.
import { isLine } from './broadcast/dense.ts'
import { copyFunction } from './copy.ts'
import { tapsOf, tooWide } from './depthwise/plan.ts'
import { MOST_TAPS } from './depthwise.ts'
import { epilogueOf } from './epilogue.ts'
import { estimatePlanes } from './estimate/planes.ts'
import type { Kernel } from './kernel.ts'
import { NOMINAL } from './nominal.ts'
import { flush } from './pack.ts'
import { notPlain } from './plain.ts'
import { planesFunction } from './planes/function.ts'
import { type PlanesPlan, planPlanes } from './planes/plan.ts'
import { computer } from './planes/run.ts'

const NAME = 'f32-planes'
/**
 * Each output channel reads all staged rows again, and its own rows are copied: where few are summed the direct kernel is as fast from a
 * full tile of outputs on; of more inputs rows are staged while they are multiplied, which far memory makes up for (twice as many outputs
 * and more were not tried).
 */
const [MOST_OUTPUTS, FEW_INPUTS, MOST_OF_MANY] = [9, 16, 32]

/** Sums channel after channel, each by columns of the kernel: the picture is read once, row after row. */
export const planes: Kernel<PlanesPlan> = {
  name: NAME,
  error: 1e-5,

  refuses(d, traits) {
    if (d.groups === d.ic) return 'a group has one input channel, and there is nothing to sum over'
    const [inputs, outputs] = [d.ic / d.groups, d.oc / d.groups]
    const most = inputs < FEW_INPUTS ? MOST_OUTPUTS : MOST_OF_MANY
    if (outputs > most) return `a group has ${outputs} output channels, of ${inputs} input channels more than ${most}`
    if (isLine(d)) return 'every pixel is taken by itself, where it lies'
    if (tapsOf(d) > MOST_TAPS) return `the kernel has ${tapsOf(d)} taps, more than ${MOST_TAPS}`
    // What is refused must not depend on the machine: kernels of this order are no others.
    return notPlain(d, traits) ?? tooWide(d, NOMINAL.lanes)
  },

  order: () => 'planes',
  estimate: estimatePlanes,

  plan: (d, traits, workers) => planPlanes(NAME, d, traits, workers),

  costs: (plan, step) =>
    Float64Array.from({ length: plan.steps[step].units }, (_, unit) => plan.blocks[unit % plan.blocks.length].rows),

  functions: (plan) => [planesFunction(plan.shape), copyFunction(epilogueOf(plan.descriptor))],

  pack(plan, weight, bias, memory, offset) {
    const { oc, ic, groups } = plan.descriptor
    const each = (ic / groups) * tapsOf(plan.descriptor)
    const floats = new Float32Array(memory, offset, plan.packedBytes / 4)
    for (let channel = 0; channel < oc; channel++) {
      const at = channel * (1 + each)
      floats[at] = bias === null ? 0 : flush(bias[channel])
      for (let product = 0; product < each; product++) floats[at + 1 + product] = flush(weight[channel * each + product])
    }
  },

  runner(plan, code, memory) {
    const compute = computer(plan, code, memory)
    return (_, begin, end, at, cancelled) => compute(begin, end, at, cancelled)
  },
}
