// How far a plan of the matrix kernel reaches: checked against what it booked, before anything is allocated.
import { inside } from '../direct/reach.ts'
import type { Lines } from './blocks.ts'
import type { MatrixPlan } from './plan.ts'

/** @throws INTERNAL when a line would be gathered from outside of its input or stored outside of its output: a fault of the plan */
export function checkReach(plan: MatrixPlan): void {
  const { descriptor: d, layout, window } = plan
  const groupBytes = 4 * (d.ic / d.groups) * layout.planeFloats
  const groups = window ? 1 : d.groups
  const inputBytes = layout.staged ? groups * groupBytes : 4 * d.ic * d.input[1] * d.input[2]
  const channelBytes = 4 * d.output[1] * d.output[2]
  const highest = plan.tables.subarray(wordOf(plan, plan.rowsAt), wordOf(plan, plan.linesAt)).reduce((a, b) => Math.max(a, b), 0)
  const spans = new Map(plan.blocks.map(({ lines }) => [lines, spanOf(plan, lines)]))
  for (const { x, y, lines } of plan.blocks) {
    const { low, high } = spans.get(lines) as Span
    inside('reads', x + low, (groups - 1) * groupBytes + x + high + highest, inputBytes)
    const outputs = lines.turns.reduce((sum, { count, widths }) => sum + count * widths.reduce((a, b) => a + b, 0), 0)
    inside('writes', y, y + 4 * outputs, channelBytes)
  }
}

function wordOf({ tablesAt }: MatrixPlan, bytes: number): number {
  return (bytes - tablesAt) / 4
}

interface Span {
  readonly low: number
  readonly high: number
}

/** Lowest and one past the highest byte that the lanes of lines take, from a block's lowest pixel on. */
function spanOf(plan: MatrixPlan, { at, count, pieces }: Lines): Span {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  const first = wordOf(plan, plan.linesAt) + at
  for (let word = first; word < first + 2 * pieces * count; word += 2) {
    const [by, lanes] = [plan.tables[word], plan.tables[word + 1]]
    if (lanes === 0) continue
    low = Math.min(low, by + 4 * (31 - Math.clz32(lanes & -lanes)))
    high = Math.max(high, by + 4 * (32 - Math.clz32(lanes)))
  }
  return { low, high }
}
