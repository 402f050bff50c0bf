// How long the direct kernel takes, by the blocks and the staging that its plan may have.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { linesOf, mostPixels } from '../direct/blocks.ts'
import { choicesOf, type DirectChoice } from '../direct/choices.ts'
import type { Layout } from '../direct/layout.ts'
import { runsOfBlock } from '../direct/order.ts'
import { PLANES_AT_ONCE } from '../direct/stage.ts'
import { shapeOf } from '../tiling.ts'
import { farTime } from './far.ts'
import { CYCLE, lineCost, tileCounts } from './tile.ts'

/** Microseconds of each, fitted to 1500 random convolutions on AVX-512: half of them within 12 %. */
const [ONCE, CALL, TILE, RUN] = [0.2, 0.139, 0.0071, 0.0015]
const [COPY, COPIED_ROW, COPIED_MOVE] = [0.074, 0.0002, 0.0023]
/** Of planes that are staged: all floats of them, padding too; then vectors of pixels, or floats that are moved by themselves. */
const [FILL, PLANE_FLOAT, STAGED_VECTOR, STAGED_FLOAT] = [0.042, 0.000096, 0.00048, 0.00009]
/** Strides that are staged by vectors. */
const BY_VECTORS = [1, 2, 4]

export function estimateDirect(d: ConvDescriptor, traits: MachineTraits): number {
  return Math.min(...choicesOf(d).map((choice) => directTime(d, traits, choice)))
}

/** Infinite where vectors would reach beyond what lies in place. */
export function directTime(d: ConvDescriptor, traits: MachineTraits, { cut, layout }: DirectChoice): number {
  const counts = tileCounts(d, traits)
  const widest = Math.max(...counts.map(({ rows }) => shapeOf(rows, traits).cols)) * traits.lanes
  const channelTiles = counts.reduce((sum, { count }) => sum + count, 0)
  let time = ONCE + farTime(d, layout.staged ? stagedBytes(d, layout) : 0)
  if (layout.staged) time += stageTime(d, traits, layout)
  for (const row of cut.rows) {
    for (const col of cut.cols) {
      const taps = Math.min(d.kernel[0], d.input[0]) * row.taps.length * col.taps.length
      const products = (d.ic / d.groups) * taps
      const [rows, cols] = linesOf(d, layout, row, col)
      const pixels = (rows - 1) * layout.pitch + cols
      const blocks = Math.ceil(pixels / mostPixels(d, layout, products, channelTiles))
      const line = lineCost(d, traits, pixels / blocks, products)
      const tile = TILE + RUN * runsOfBlock(d, taps)
      const calls = counts.length * d.groups
      time += d.output[0] * blocks * (calls * CALL + line.tiles * tile + line.cycles * CYCLE)
      const fits = pixels >= widest || pixels % traits.lanes === 0
      if (!fits && !layout.staged) return Number.POSITIVE_INFINITY
      const moves = col.step === 1 ? col.count / traits.lanes : col.count
      if (rows > 1 || col.step > 1 || !fits) {
        time += d.output[0] * (blocks * calls * COPY + d.oc * row.count * (COPIED_ROW + COPIED_MOVE * moves))
      }
    }
  }
  return time
}

/** Bytes that staged planes are moved by, written and read again. */
export function stagedBytes(d: ConvDescriptor, { planeFloats }: Layout): number {
  return 2 * 4 * d.ic * d.input[0] * planeFloats
}

/** Microseconds of staging: calls that fill in zeros above and below; then planes, and vectors or floats of their pixels. */
export function stageTime(d: ConvDescriptor, traits: MachineTraits, layout: Layout): number {
  const planes = d.ic * d.input[0]
  const vectors = d.paddingMode === 'zeros' && BY_VECTORS.includes(d.transposed ? 1 : d.stride[2])
  const row = vectors ? STAGED_VECTOR * Math.ceil(layout.cols / traits.lanes) : STAGED_FLOAT * layout.cols
  const fills = 2 * layout.phases.length * Math.ceil(planes / PLANES_AT_ONCE)
  return FILL * fills + planes * (PLANE_FLOAT * layout.planeFloats + layout.phases.length * layout.rows * row)
}
