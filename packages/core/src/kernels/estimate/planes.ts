// How long the planes kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import type { DepthwiseShape } from '../depthwise/shape.ts'
import { stagesThirds } from '../depthwise/stage.ts'
import { planPlanes } from '../planes/plan.ts'
import { planeCost } from '../planes/shape.ts'
import { MANY_REGISTERS } from '../registers.ts'
import { farTime } from './far.ts'

/**
 * Microseconds of each: of a block of a group, a row that is copied to the output, a tile of a band and a half cycle of products;
 * then the part of `stagedRow` that a row takes. Fitted to about 990 random convolutions in groups, or into few channels, on
 * AVX-512, and on AVX2 and WebAssembly for machines of fewer registers, where a tile by itself costs nothing: half within 6 and 10 %.
 */
const MANY = { block: 0.03, copiedRow: 0.001, tile: 0.01, halfCycle: 0.00012, staged: 0.7 }
const FEW = { block: 0.13, copiedRow: 0.0022, tile: 0, halfCycle: 0.000113, staged: 0.5 }
/** Of a vector and a float that are staged. */
const [STAGED_VECTOR, STAGED_FLOAT] = [0.00073, 0.00012]

export function estimatePlanes(d: ConvDescriptor, tier: MachineTraits): number {
  const plan = planPlanes('', d, tier, 1)
  const { shape, blocks, band } = plan
  const icPerGroup = d.ic / d.groups
  const rows = d.ic * blocks.reduce((sum, { xRows }) => sum + xRows, 0)
  const lines = Math.ceil(d.output[1] / shape.tile.rows) * Math.ceil(shape.vectors / shape.tile.cols)
  const tiles = d.oc * Math.ceil(icPerGroup / band) * lines
  const products = d.oc * icPerGroup * planeCost(shape, shape.tile, d.output[1])
  const each = tier.registers < MANY_REGISTERS ? FEW : MANY
  const calls = each.block * d.groups * blocks.length + each.copiedRow * d.oc * d.output[1]
  return calls + each.tile * tiles + each.halfCycle * products + each.staged * rows * stagedRow(shape) + farTime(d)
}

/** Microseconds of a row that is staged, in this kernel and in the depthwise one. Of stride 3 with masks after the fit, by 13 layers. */
export function stagedRow({ rows, traits }: Pick<DepthwiseShape, 'rows' | 'traits'>): number {
  const { stride, width, phases } = rows
  if (stride <= 2) return STAGED_VECTOR * Math.ceil(width / traits.lanes)
  if (stagesThirds(rows, traits)) return STAGED_VECTOR * (width / traits.lanes + (traits.masks ? 1 : 3))
  return (STAGED_FLOAT * (width * phases.length)) / stride
}
