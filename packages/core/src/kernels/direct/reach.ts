// How far a plan of the direct kernel reaches: checked against what it booked, before anything is allocated.
import { WeftError } from '../../errors.ts'
import { RUN_WORDS } from '../tile.ts'
import type { Block } from './blocks.ts'
import { roundUp } from './layout.ts'
import { type DirectPlan, storesInPlace, widestTile } from './plan.ts'

/** @throws INTERNAL when a block would read outside of its input, or write outside of its output or lines: a fault of the plan */
export function checkReach(plan: DirectPlan): void {
  const { descriptor: d, layout, traits } = plan
  const groupBytes = 4 * (d.ic / d.groups) * d.input[0] * layout.planeFloats
  const inputBytes = layout.staged ? plan.sharedBytes : 4 * d.ic * d.input[0] * d.input[1] * d.input[2]
  const channelBytes = 4 * d.output[0] * d.output[1] * d.output[2]
  const widest = widestTile(plan.tiles, traits)
  const spans = new Map<number, Span>()
  for (const block of plan.blocks) {
    const span = spans.get(block.runs) ?? spanOf(plan, block)
    spans.set(block.runs, span)
    const exact = storesInPlace(block, layout, widest, traits.lanes) || !layout.staged
    const line = 4 * (exact ? block.pixels : roundUp(block.pixels, traits.lanes))
    const last = (d.groups - 1) * groupBytes + block.x + span.high + line
    if (block.runCount > 0) inside('reads', block.x + span.low, last, inputBytes)
    if (storesInPlace(block, layout, widest, traits.lanes)) inside('writes', block.y, block.y + line, channelBytes)
    else {
      inside('keeps', 0, line, plan.linePitch)
      inside('writes', block.y, block.y + (block.rows - 1) * block.yRow + (block.cols - 1) * block.yCol + 4, channelBytes)
    }
  }
}

/** Lowest and highest byte from a block's first pixel to the first pixel of a product. */
interface Span {
  readonly low: number
  readonly high: number
}

export function spanOf(plan: Pick<DirectPlan, 'tables' | 'runStride'>, block: Pick<Block, 'runs' | 'runCount'>): Span {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let run = 0; run < block.runCount; run++) {
    const at = block.runs + run * RUN_WORDS
    const first = plan.tables[at]
    const last = first + (plan.tables[at + 2] - 1) * plan.runStride
    low = Math.min(low, first, last)
    high = Math.max(high, first, last)
  }
  return { low, high }
}

export function inside(verb: string, from: number, to: number, bytes: number): void {
  if (from >= 0 && to <= bytes) return
  throw new WeftError('INTERNAL', `the plan ${verb} bytes ${from} to ${to} of ${bytes}; please report this convolution`, {
    from,
    to,
    bytes,
  })
}
