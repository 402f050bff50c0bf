// The plan of the broadcast kernel: blocks of channels and of pixels, the tiles that cover them, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import type { Layout } from '../direct/layout.ts'
import { productCount, productsOf, runCount, runStride, runsOf } from '../direct/order.ts'
import type { StagedPlan } from '../direct/stage.ts'
import { epilogueOf } from '../epilogue.ts'
import { bestVectors } from '../estimate/broadcast.ts'
import type { Plan } from '../kernel.ts'
import type { Grid } from '../range.ts'
import { type ChannelBlock, channelBlocks } from './channels.ts'
import { type Dense, denseOf } from './dense.ts'
import { equalParts, mostPixels, type Part } from './shape.ts'
import { sumsBytes } from './tile.ts'
import { type PixelBlock, tiled, type Ways } from './tiles.ts'

export interface BroadcastPlan extends Plan {
  /** What the first step stages; null where pixels are read where they lie. */
  readonly staged: StagedPlan | null
  readonly layout: Layout
  readonly channels: readonly ChannelBlock[]
  readonly blocks: readonly PixelBlock[]
  readonly grid: Grid
  /** Products of an output, their runs at the beginning of the tables, and bytes from a product of a run to the next. */
  readonly products: number
  readonly runCount: number
  readonly runStride: number
  /** Runs, then the entries of tiles. */
  readonly tables: Int32Array
  /** Bytes from `packed` to the tables. */
  readonly tablesAt: number
}

/** Bytes of the argument block at the beginning of a worker's own memory, before the sums of a tile. */
export const ARGS_BYTES = 64
/** Bytes of input under a block, so that it stays in the second cache while all output channels pass over it. */
const BLOCK_BYTES = 384 * 1024
/** Multiply-accumulates of one output channel in a block at most: a cancelled run ends after one block. */
const BLOCK_MACS = 1 << 20
/** Blocks of all channels at least, so that workers end at much the same time. */
const LEAST_UNITS = 24

export function planBroadcast(name: string, d: ConvDescriptor, traits: MachineTraits): BroadcastPlan {
  const dense = denseOf(d)
  const { input, output, stride, cut, layout } = dense
  const products = productsOf(d)
  const vectors = bestVectors(d, dense, traits)
  const channels = channelBlocks(d.oc, d.groups, products.length, traits.lanes, vectors)
  const most = mostPixels(vectors, traits, epilogueOf(d))
  const runs = runsOf(input, layout, products, {
    depth: [{ tap: 0, plane: 0 }],
    height: cut.rows[0].taps,
    width: cut.cols[0].taps,
  })
  const ways: Ways = { xRow: 4 * layout.pitch * stride[0], xCol: 4 * stride[1], yRow: 4 * output[1] }
  const parts = partsOf(dense, d, products.length, channels.length, most)
  const { blocks, tables } = tiled(parts, runs, most, ways, 4 * (layout.lead - layout.firstRow * layout.pitch - layout.firstCol))
  const { vectors: lastVectors, packed } = channels[channels.length - 1]
  const tablesAt = packed + 4 * lastVectors * traits.lanes * (products.length + 1)
  const planes = d.ic
  const steps = [
    ...(layout.staged ? [{ name: 'stage', units: planes }] : []),
    { name: 'compute', units: channels.length * blocks.length },
  ]
  const sharedBytes = layout.staged ? 4 * planes * layout.planeFloats : 0
  return {
    kernel: name,
    descriptor: d,
    traits,
    steps,
    macs: d.oc * output[0] * output[1] * productCount(runs),
    packedBytes: tablesAt + tables.byteLength,
    sharedBytes,
    privateBytes: ARGS_BYTES + sumsBytes(vectors, most, traits.lanes),
    staged: layout.staged ? { descriptor: input, layout, traits, steps, sharedBytes, gatherAt: 0 } : null,
    layout,
    channels,
    blocks,
    grid: { tiles: channels.length, blocks: blocks.length, blockMajor: tablesAt < 4 * planes * layout.planeFloats },
    products: products.length,
    runCount: runCount(runs),
    runStride: 4 * runStride(input, layout),
    tables,
    tablesAt,
  }
}

/** Cuts into blocks that workers share and that a cache holds, for so many channel blocks and tiles of `most` pixels. */
function partsOf({ output: [oh, ow], stride }: Dense, d: ConvDescriptor, products: number, channels: number, most: number) {
  const pixelBytes = 4 * (d.ic / d.groups) * stride[0] * stride[1]
  const byUnits = (oh * ow * channels) / LEAST_UNITS
  const wanted = Math.max(most, Math.min(byUnits, BLOCK_BYTES / pixelBytes, BLOCK_MACS / products))
  const rowsEach = Math.max(1, Math.floor(wanted / ow))
  const cols: Part[] = rowsEach === 1 ? equalParts(ow, Math.ceil(ow / wanted)) : [{ from: 0, count: ow }]
  return equalParts(oh, Math.ceil(oh / rowsEach)).flatMap((row) => cols.map((col) => ({ row, col })))
}
