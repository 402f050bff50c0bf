// How long the planes kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { stagesThirds } from '../depthwise/stage.ts'
import { type PlanesPlan, planPlanes } from '../planes/plan.ts'
import { planeCost } from '../planes/shape.ts'

/**
 * Microseconds of each, fitted to 261 random convolutions in AVX-512: of a run, a block of a group, a tile of a band, a half cycle of
 * products; of a vector and a float that are staged, and a row that is copied to the output.
 */
const [ONCE, BLOCK, TILE, HALF_CYCLE] = [0.1, 0.13, 0.0032, 0.000072]
const [STAGED_VECTOR, STAGED_FLOAT, COPIED_ROW] = [0.0006, 0.00015, 0.0017]

export function estimatePlanes(d: ConvDescriptor, tier: MachineTraits): number {
  const plan = planPlanes('', d, tier, 1)
  const { shape, blocks, band } = plan
  const icPerGroup = d.ic / d.groups
  const rows = d.ic * blocks.reduce((sum, { xRows }) => sum + xRows, 0)
  const lines = Math.ceil(d.output[1] / shape.tile.rows) * Math.ceil(shape.vectors / shape.tile.cols)
  const tiles = d.oc * Math.ceil(icPerGroup / band) * lines
  const products = d.oc * icPerGroup * planeCost(shape, shape.tile, d.output[1])
  const calls = ONCE + BLOCK * d.groups * blocks.length + COPIED_ROW * d.oc * d.output[1]
  return calls + TILE * tiles + HALF_CYCLE * products + rows * stagedRow(plan)
}

function stagedRow({ shape: { rows, traits } }: PlanesPlan): number {
  const { stride, width, phases } = rows
  if (stride <= 2) return STAGED_VECTOR * Math.ceil(width / traits.lanes)
  if (stagesThirds(rows, traits.lanes)) return STAGED_VECTOR * (width / traits.lanes + 3)
  return (STAGED_FLOAT * (width * phases.length)) / stride
}
