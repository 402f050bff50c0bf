// How long the depthwise kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { planDepthwise } from '../depthwise/plan.ts'
import { channelCost } from '../depthwise/tile.ts'
import { stagedRow } from './planes.ts'

/** Microseconds of each, fitted to 234 random convolutions in AVX-512: half of them within 12 %. */
const [ONCE, HALF_CYCLE] = [0.08, 0.000104]

/** But for what comes from far away: pieces of a chain do not. */
export function estimateDepthwise(d: ConvDescriptor, tier: MachineTraits): number {
  const { shape, blocks } = planDepthwise(d, tier)
  const rows = d.ic * blocks.reduce((sum, { xRows }) => sum + xRows, 0)
  return ONCE + HALF_CYCLE * d.oc * channelCost(shape, shape.tile, d.output[1]) + rows * stagedRow(shape)
}
