// How long the direct kernel takes, by the blocks and the staging that its plan may have.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { linesOf, mostPixels, type Segments, segments } from '../direct/blocks.ts'
import type { Layout } from '../direct/layout.ts'
import { runsOfBlock } from '../direct/order.ts'
import { layoutsOf } from '../direct/plan.ts'
import { PLANES_AT_ONCE } from '../direct/stage.ts'
import { shapeOf } from '../tiling.ts'
import { CYCLE, lineCost, tileCounts } from './tile.ts'

/** Microseconds of each. What blocks cost is fitted to 300 random convolutions on AVX-512, what staging costs is measured on a dozen. */
const CALL = 0.107
const [TILE, RUN] = [0.0007, 0.0005]
const [FILL, STAGED_ROW, STAGED_VECTOR, STAGED_FLOAT] = [0.1, 0.0009, 0.0008, 0.0003]
const [COPIED_ROW, COPIED_MOVE] = [0.0015, 0.0012]
/** Strides that are staged by vectors. */
const BY_VECTORS = [1, 2, 4]

export function estimateDirect(d: ConvDescriptor, traits: MachineTraits): number {
  const times = [true, false].flatMap((split) => {
    const cut = segments(d, split)
    return layoutsOf(d, cut).map((layout) => timeOf(d, traits, cut, layout))
  })
  return Math.min(...times)
}

function timeOf(d: ConvDescriptor, traits: MachineTraits, cut: Segments, layout: Layout): number {
  const counts = tileCounts(d, traits)
  const widest = Math.max(...counts.map(({ rows }) => shapeOf(rows, traits).cols)) * traits.lanes
  const channelTiles = counts.reduce((sum, { count }) => sum + count, 0)
  let time = layout.staged ? stageTime(d, traits, layout) : 0
  for (const row of cut.rows) {
    for (const col of cut.cols) {
      const taps = Math.min(d.kernel[0], d.input[0]) * row.taps.length * col.taps.length
      const products = (d.ic / d.groups) * taps
      const [rows, cols] = linesOf(d, layout, row, col)
      const pixels = (rows - 1) * layout.pitch + cols
      const blocks = Math.ceil(pixels / mostPixels(d, layout, products, channelTiles))
      const line = lineCost(d, traits, pixels / blocks, products)
      const tile = TILE + RUN * runsOfBlock(d, taps)
      time += d.output[0] * blocks * (counts.length * d.groups * CALL + line.tiles * tile + line.cycles * CYCLE)
      const fits = pixels >= widest || pixels % traits.lanes === 0
      if (!fits && !layout.staged) return Number.POSITIVE_INFINITY
      const moves = col.step === 1 ? col.count / traits.lanes : col.count
      if (rows > 1 || col.step > 1 || !fits) time += d.oc * d.output[0] * row.count * (COPIED_ROW + COPIED_MOVE * moves)
    }
  }
  return time
}

/** Microseconds of staging: calls that fill in zeros above and below; then rows, and vectors or floats of them. */
export function stageTime(d: ConvDescriptor, traits: MachineTraits, layout: Layout): number {
  const planes = d.ic * d.input[0]
  const vectors = d.paddingMode === 'zeros' && BY_VECTORS.includes(d.transposed ? 1 : d.stride[2])
  const row = vectors ? STAGED_VECTOR * Math.ceil(layout.cols / traits.lanes) : STAGED_FLOAT * layout.cols
  const fills = 2 * layout.phases.length * Math.ceil(planes / PLANES_AT_ONCE)
  return FILL * fills + planes * layout.phases.length * layout.rows * (STAGED_ROW + row)
}
