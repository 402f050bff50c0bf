// How long the planes kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import type { DepthwiseShape } from '../depthwise/shape.ts'
import { stagesThirds } from '../depthwise/stage.ts'
import { MANY_REGISTERS } from '../panel.ts'
import { planPlanes } from '../planes/plan.ts'
import { planeCost } from '../planes/shape.ts'
import { farTime } from './far.ts'

/**
 * Microseconds of each, fitted to 424 random convolutions in AVX-512: of a block of a group, a tile of a band, a half cycle of
 * products, and a row that is copied to the output.
 */
const [BLOCK, TILE, HALF_CYCLE, COPIED_ROW] = [0.069, 0.0083, 0.000087, 0.0014]
/** How often as long on machines of fewer registers: of 718 random convolutions in groups, or into few channels, the median on AVX2 and in WebAssembly beside that of the other kernels. */
const FEW_REGISTERS = 1.2
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
  const calls = BLOCK * d.groups * blocks.length + COPIED_ROW * d.oc * d.output[1]
  const near = calls + TILE * tiles + HALF_CYCLE * products + rows * stagedRow(plan.shape)
  return near * (tier.registers < MANY_REGISTERS ? FEW_REGISTERS : 1) + farTime(d)
}

/** Microseconds of a row that is staged, in this kernel and in the depthwise one. */
export function stagedRow({ rows, traits }: Pick<DepthwiseShape, 'rows' | 'traits'>): number {
  const { stride, width, phases } = rows
  if (stride <= 2) return STAGED_VECTOR * Math.ceil(width / traits.lanes)
  if (stagesThirds(rows, traits.lanes)) return STAGED_VECTOR * (width / traits.lanes + 3)
  return (STAGED_FLOAT * (width * phases.length)) / stride
}
