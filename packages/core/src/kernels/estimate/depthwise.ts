// How long the depthwise kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { planDepthwise } from '../depthwise/plan.ts'
import { channelCost } from '../depthwise/shape.ts'

/** Microseconds of each, fitted to AVX-512: half of the convolutions within 9 %. */
const [ONCE, BAND, HALF_CYCLE] = [0.066, 0.014, 0.00013]
const [STAGED_ROW, STAGED_MOVE] = [0.00016, 0.00009]
/** Strides whose phases come apart in registers; at others each float is moved by itself. */
const VECTOR_STRIDES: readonly number[] = [1, 2, 4]

export function estimateDepthwise(d: ConvDescriptor, tier: MachineTraits): number {
  const { shape, blocks, band, traits } = planDepthwise(d, tier)
  const cost = channelCost(shape, shape.tile, d.output[1], traits)
  const rows = d.ic * blocks.reduce((sum, { xRows }) => sum + xRows, 0)
  const moves = VECTOR_STRIDES.includes(d.stride[2]) ? d.input[2] / traits.lanes : d.input[2]
  const bands = Math.ceil(d.ic / band) * blocks.length
  return ONCE + BAND * bands + HALF_CYCLE * d.oc * cost + rows * (STAGED_ROW + STAGED_MOVE * moves)
}
