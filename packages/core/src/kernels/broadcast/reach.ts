// How far a plan of the broadcast kernel reaches: checked against what it booked, before anything is allocated.
import { inside, spanOf } from '../direct/reach.ts'
import type { BroadcastPlan } from './plan.ts'
import { TILE_WORDS } from './tile.ts'

/** @throws INTERNAL when a tile would read outside of its input or write outside of its output: a fault of the plan */
export function checkReach(plan: BroadcastPlan): void {
  const { descriptor: d, layout, tables } = plan
  const groupBytes = 4 * (d.ic / d.groups) * layout.planeFloats
  const inputBytes = layout.staged ? plan.sharedBytes : 4 * d.ic * d.input[1] * d.input[2]
  const channelBytes = 4 * d.output[1] * d.output[2]
  const span = spanOf(plan, { runs: 0, runCount: plan.runCount })
  for (const block of plan.blocks) {
    for (const { shape, at, count } of block.tiles) {
      for (let tile = at; tile < at + TILE_WORDS * count; tile += TILE_WORDS) {
        const first = block.x + tables[tile]
        const last = first + (shape.rows - 1) * shape.xRow + (shape.cols - 1) * shape.xCol + 4
        if (plan.runCount > 0) inside('reads', first + span.low, (d.groups - 1) * groupBytes + last + span.high, inputBytes)
        const y = block.y + tables[tile + 1]
        inside('writes', y, y + (shape.rows - 1) * shape.yRow + 4 * shape.cols, channelBytes)
      }
    }
  }
}
