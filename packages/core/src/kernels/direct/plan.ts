// The plan of the direct kernel: blocks, channel tiles and layout of one item, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { WeftError } from '../../errors.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { directTime } from '../estimate/direct.ts'
import type { Plan } from '../kernel.ts'
import { panelBytes, panelShape } from '../panel.ts'
import { blocksFirst, type Grid } from '../range.ts'
import type { TileShape } from '../tile.ts'
import { type ChannelTile, channelTiles, packedTileBytes, shapeOf } from '../tiling.ts'
import { type Block, blocksOf } from './blocks.ts'
import { choicesOf, type DirectChoice } from './choices.ts'
import { type Layout, roundUp } from './layout.ts'
import { productsOf, runStride } from './order.ts'

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
  const { layout, blocks, tables } = fastest(d, traits, most, ({ cut, layout }) =>
    blocksOf(d, layout, cut, products, tiles.length, most, panel),
  )
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

/** The choice of the least estimate where no vector reaches beyond what lies in place. */
function fastest(d: ConvDescriptor, traits: MachineTraits, most: number, blocksFor: (choice: DirectChoice) => Blocks) {
  const choices = choicesOf(d).map((choice) => ({ choice, time: directTime(d, traits, choice) }))
  for (const { choice } of choices.sort((a, b) => a.time - b.time)) {
    const found = blocksFor(choice)
    const { layout } = choice
    if (layout.staged || found.blocks.every((block) => fitsExactly(block, most, traits.lanes))) return { layout, ...found }
  }
  throw new WeftError('INTERNAL', 'a direct convolution can always be staged')
}
type Blocks = ReturnType<typeof blocksOf>
