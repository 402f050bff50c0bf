// The plan of the direct kernel: blocks, channel tiles and layout of one item, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import type { Plan } from '../kernel.ts'
import { panelBytes, panelShape } from '../panel.ts'
import { blocksFirst, type Grid } from '../range.ts'
import type { TileShape } from '../tile.ts'
import { type ChannelTile, channelTiles, packedTileBytes, shapeOf } from '../tiling.ts'
import { type Block, blocksOf, type Panel, type Segments, segments } from './blocks.ts'
import { columnLayout, inPlace, type Layout, readsInPlace, roundUp, stagedLayout } from './layout.ts'
import { productsOf, runStride, widthStep } from './order.ts'

export interface DirectPlan extends Plan {
  readonly layout: Layout
  readonly tiles: readonly ChannelTile[]
  readonly blocks: readonly Block[]
  readonly grid: Grid
  readonly products: number
  /** Bytes from a product of a run to the next. */
  readonly runStride: number
  readonly tables: Int32Array
  /** Bytes from `packed` to the runs tables and to the gather tables behind them. */
  readonly tablesAt: number
  readonly gatherAt: number
  /** A worker's own lines, which hold output channels of blocks that cannot be stored in place, and bytes from one to the next. */
  readonly lines: number
  readonly linePitch: number
  /** Of tiles that read a worker's own panel of a block, and its place in private memory; null where they read the input. */
  readonly panel: TileShape | null
  readonly panelAt: number
}

/** Bytes of the argument blocks at the beginning of a worker's own memory. */
export const ARGS_BYTES = 256
/** Bytes of a cache line. */
const LINE = 64
/** Bytes of a worker's own lines at most, but for one tile's: they stay in the second cache. */
const LINE_BYTES = 128 * 1024

export function planDirect(d: ConvDescriptor, traits: MachineTraits): DirectPlan {
  const products = productsOf(d)
  const tiles = channelTiles(d.oc, d.groups, products.length, traits)
  const most = widestTile(tiles, traits)
  const shape = panelShape(d, tiles, products.length, traits)
  const panel = shape === null ? null : { shape, traits }
  const { layout, blocks, tables } = cheapest(d, traits.lanes, most, products, tiles.length, panel)
  const tablesAt = packedTileBytes(tiles, products.length)
  const gatherAt = tablesAt + tables.byteLength
  const gatherWords = d.paddingMode === 'zeros' ? 0 : layout.phases.length * (layout.rows + layout.cols)
  const longest = blocks.reduce((most, { pixels }) => Math.max(most, pixels), 0)
  const linePitch = 4 * roundUp(longest, traits.lanes)
  const inPlaceOnly = blocks.every((block) => storesInPlace(block, layout, most, traits.lanes))
  const rows = tiles.reduce((most, { rows }) => Math.max(most, rows), 0)
  const panelSize =
    shape === null ? 0 : Math.max(...blocks.map((block) => panelBytes(shape, block.pixels, block.products, traits)))
  const lines = inPlaceOnly ? 0 : Math.max(rows, Math.min(d.oc / d.groups, Math.floor(LINE_BYTES / linePitch)))
  const panelAt = roundUp(ARGS_BYTES + lines * linePitch, LINE)
  const planes = d.ic * d.input[0]
  return {
    kernel: 'f32-direct',
    descriptor: d,
    traits,
    steps: [
      ...(layout.staged ? [{ name: 'stage', units: planes }] : []),
      { name: 'compute', units: tiles.length * blocks.length },
    ],
    macs: d.oc * blocks.reduce((sum, block) => sum + block.rows * block.cols * block.products, 0),
    packedBytes: gatherAt + 4 * gatherWords,
    sharedBytes: layout.staged ? 4 * (planes * layout.planeFloats + most) : 0,
    privateBytes: panelAt + panelSize,
    layout,
    tiles,
    blocks,
    grid: {
      tiles: tiles.length,
      blocks: blocks.length,
      blockMajor: blocksFirst(tablesAt, 4 * planes * layout.planeFloats, traits),
    },
    products: products.length,
    runStride: 4 * runStride(d, layout),
    tables,
    tablesAt,
    gatherAt,
    lines,
    linePitch,
    panel: shape,
    panelAt,
  }
}

/** Pixels of the widest register tile. */
export function widestTile(tiles: readonly ChannelTile[], traits: MachineTraits): number {
  return Math.max(...new Set(tiles.map(({ rows }) => shapeOf(rows, traits).cols))) * traits.lanes
}

/** Whether a block's flat line is the output's own: its vectors can be stored where they belong. */
export function storesInPlace(block: Block, layout: Layout, most: number, lanes: number): boolean {
  const dense = block.yCol === 4 && (block.rows === 1 || (block.cols === layout.pitch && block.yRow === 4 * layout.pitch))
  return dense && fitsExactly(block, most, lanes)
}

/** Whether whole vectors cover the block without a pixel more: the last ones are moved back over pixels already done. */
function fitsExactly(block: Block, most: number, lanes: number): boolean {
  return block.pixels >= most || block.pixels % lanes === 0
}

interface Choice {
  layout: Layout
  blocks: Block[]
  tables: Int32Array
}

/** What moving a vector of pixels costs, in vectors of products: to staged planes, and from a worker's own lines to the output. */
const [STAGE_COST, LINE_COST] = [16, 4]

/**
 * Rows at the border are blocks of their own, which sum fewer products, or all rows are alike; rows lie in place, follow each other
 * with their padding, or are staged for every column of the kernel apart: whatever costs least.
 */
function cheapest(
  d: ConvDescriptor,
  lanes: number,
  most: number,
  products: ReturnType<typeof productsOf>,
  tiles: number,
  panel: Panel,
): Choice {
  const choices = [true, false].flatMap((split) => {
    const cut = segments(d, split)
    return layoutsOf(d, cut).map((layout) => ({ layout, ...blocksOf(d, layout, cut, products, tiles, most, panel) }))
  })
  const possible = choices.filter(
    ({ layout, blocks }) => layout.staged || blocks.every((block) => fitsExactly(block, most, lanes)),
  )
  const work = ({ layout, blocks }: Choice) => {
    const staged = layout.staged ? (d.ic * d.input[0] * layout.planeFloats * STAGE_COST) / lanes : 0
    const summed = blocks.reduce((sum, block) => {
      const line = storesInPlace(block, layout, most, lanes) ? 0 : LINE_COST
      return sum + Math.ceil(block.pixels / lanes) * (block.products + 1 + line)
    }, 0)
    return staged + d.oc * summed
  }
  return possible.reduce((best, choice) => (work(choice) < work(best) ? choice : best))
}

/** The layouts that the item can have. */
export function layoutsOf(d: ConvDescriptor, { rows, cols }: Segments): Layout[] {
  const layouts = [stagedLayout(d, rows, cols)]
  if (readsInPlace(d, rows, cols)) layouts.unshift(inPlace(d))
  const padded = layouts.every(({ pitch }) => pitch !== d.output[2])
  if (padded && !d.transposed && d.paddingMode === 'zeros') layouts.push(columnLayout(rows, cols, widthStep(d)))
  return layouts
}
