// What the broadcast kernel keeps beside its code: packed weights and its tables.
import { weightOffsets } from '../direct/pack.ts'
import { packTile, weightStrides } from '../pack.ts'
import type { BroadcastPlan } from './plan.ts'

export function packBroadcast(
  plan: BroadcastPlan,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const { descriptor: d, traits } = plan
  const offsets = weightOffsets(d)
  const { channelOffset } = weightStrides(d)
  const floats = new Float32Array(memory, offset, plan.tablesAt / 4)
  for (const block of plan.channels) {
    packTile(block, weight, bias, offsets, channelOffset, floats, block.packed / 4, block.vectors * traits.lanes)
  }
  new Int32Array(memory, offset + plan.tablesAt, plan.tables.length).set(plan.tables)
}
