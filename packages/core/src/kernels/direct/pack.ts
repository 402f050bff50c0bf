// What the direct kernel keeps beside its code: packed weights, runs tables, and the tables of padding that is not zero.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { packTile, weightStrides } from '../pack.ts'
import { sourcesOf } from './layout.ts'
import { productsOf } from './order.ts'
import type { DirectPlan } from './plan.ts'

export function packDirect(
  plan: DirectPlan,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const d = plan.descriptor
  const { channelOffset } = weightStrides(d)
  const offsets = weightOffsets(d)
  const floats = new Float32Array(memory, offset, plan.tablesAt / 4)
  for (const tile of plan.tiles) packTile(tile, weight, bias, offsets, channelOffset, floats, tile.packed / 4)
  new Int32Array(memory, offset + plan.tablesAt, plan.tables.length).set(plan.tables)
  if (d.paddingMode !== 'zeros') packGather(plan, memory, offset + plan.gatherAt)
}

/** For each product in order, its offset within the weights of one output channel. */
export function weightOffsets(d: ConvDescriptor): Int32Array {
  const [, kh, kw] = d.kernel
  const { ic } = weightStrides(d)
  return Int32Array.from(productsOf(d), (p) => p.ic * ic + (p.kd * kh + p.kh) * kw + p.kw)
}

/** For each phase the byte offsets of its rows within a plane, then of its columns within a row. */
function packGather(plan: DirectPlan, memory: ArrayBufferLike, offset: number): void {
  const { layout, descriptor } = plan
  const words = new Int32Array(memory, offset, layout.phases.length * (layout.rows + layout.cols))
  layout.phases.forEach((phase, index) => {
    const { rows, cols } = sourcesOf(descriptor, layout, phase)
    const at = index * (layout.rows + layout.cols)
    words.set(
      rows.map((row) => 4 * row * descriptor.input[2]),
      at,
    )
    words.set(
      cols.map((col) => 4 * col),
      at + layout.rows,
    )
  })
}
