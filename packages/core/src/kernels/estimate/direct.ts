// How long the direct kernel takes, by the blocks and the staging that its plan will have.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { mostPixels, type Segments, segments } from '../direct/blocks.ts'
import { inPlace, type Layout, readsInPlace, stagedLayout } from '../direct/layout.ts'
import { runsOfBlock } from '../direct/order.ts'
import { PLANES_AT_ONCE } from '../direct/stage.ts'
import { shapeOf } from '../tiling.ts'
import { CYCLE, lineCost, tileCounts } from './tile.ts'

/** Microseconds of each, fitted to 300 random convolutions on AVX-512: half of them within 8 %, nine of ten within 39 %. */
const CALL = 0.107
const [TILE, RUN] = [0.0007, 0.0005]
const [FILL, STAGED_ROW, STAGED_MOVE] = [0.27, 0.0008, 0.00023]
const [COPIED_ROW, COPIED_MOVE] = [0.0015, 0.0012]

export function estimateDirect(d: ConvDescriptor, traits: MachineTraits): number {
  const [split, whole] = [true, false].map((cut) => timeOf(d, traits, segments(d, cut)))
  const { compute, stage } = split.compute <= whole.compute ? split : whole
  return compute + stage
}

function timeOf(d: ConvDescriptor, traits: MachineTraits, cut: Segments): { compute: number; stage: number } {
  const counts = tileCounts(d, traits)
  const widest = Math.max(...counts.map(({ rows }) => shapeOf(rows, traits).cols)) * traits.lanes
  const fits = (pixels: number) => pixels >= widest || pixels % traits.lanes === 0
  const layout = layoutOf(d, cut, fits)
  const channelTiles = counts.reduce((sum, { count }) => sum + count, 0)
  let compute = 0
  for (const row of cut.rows) {
    for (const col of cut.cols) {
      const taps = Math.min(d.kernel[0], d.input[0]) * row.taps.length * col.taps.length
      const products = (d.ic / d.groups) * taps
      const pixels = (row.count - 1) * layout.pitch + col.count
      const blocks = Math.ceil(pixels / mostPixels(d, layout, row.count, products, channelTiles))
      const line = lineCost(d, traits, pixels / blocks, products)
      const tile = TILE + RUN * runsOfBlock(d, taps)
      compute += d.output[0] * blocks * (channelTiles * CALL + line.tiles * tile + line.cycles * CYCLE)
      const dense = col.step === 1 && (row.count === 1 || col.count === layout.pitch) && fits(pixels)
      const moves = col.step === 1 ? col.count / traits.lanes : col.count
      if (!dense) compute += d.oc * d.output[0] * row.count * (COPIED_ROW + COPIED_MOVE * moves)
    }
  }
  return { compute, stage: layout.staged ? stageTime(d, traits, layout) : 0 }
}

function layoutOf(d: ConvDescriptor, { rows, cols }: Segments, fits: (pixels: number) => boolean): Layout {
  const layout = inPlace(d)
  const exact = rows.every((row) => cols.every((col) => fits((row.count - 1) * layout.pitch + col.count)))
  return exact && readsInPlace(d, rows, cols) ? layout : stagedLayout(d, rows, cols)
}

/** Calls that fill in zeros, those between rows one a plane; then rows, and vectors or, at a stride, floats. */
function stageTime(d: ConvDescriptor, traits: MachineTraits, layout: Layout): number {
  const planes = d.ic * d.input[0]
  const stride = d.transposed ? 1 : d.stride[2]
  const gaps = layout.phases.filter(([, phase]) => {
    const filled = Math.ceil((d.input[2] - phase) / stride) - layout.firstCol
    return Math.min(layout.cols, filled) < layout.pitch
  })
  const around = d.before[1] + d.after[1] > 0 ? 2 : 1
  const fills = gaps.length * planes + layout.phases.length * around * Math.ceil(planes / PLANES_AT_ONCE)
  const moves = stride === 1 ? layout.cols / traits.lanes : layout.cols
  return FILL * fills + planes * layout.phases.length * layout.rows * (STAGED_ROW + STAGED_MOVE * moves)
}
