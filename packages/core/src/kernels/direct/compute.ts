// Step two of the direct kernel: every block of a range of channel tiles.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { COPY_ARGS, copyFunction, pieces } from '../copy.ts'
import { type Epilogue, epilogueOf, PLAIN, writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { panelFiller, panelTileBytes } from '../panel.ts'
import { TILE_ARGS, type TileShape, tileFunction } from '../tile.ts'
import { batchesOf, CALL_MACS, writeTileArgs } from '../tile-call.ts'
import { type ChannelTile, shapeOf, tileBytes } from '../tiling.ts'
import type { Block } from './blocks.ts'
import { ARGS_BYTES, type DirectPlan, storesInPlace, widestTile } from './plan.ts'

type Compute = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

export function computer(plan: DirectPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Compute {
  const widest = widestTile(plan.tiles, plan.traits)
  const inPlace = (block: Block) => storesInPlace(block, plan.layout, widest, plan.traits.lanes)
  const compute = blockRunner(plan, code, memory, inPlace)
  const channels = (index: number) => {
    const block = plan.blocks[index]
    const lines = inPlace(block) ? Number.POSITIVE_INFINITY : plan.lines
    return Math.min(lines, CALL_MACS / (block.pixels * Math.max(1, block.products)))
  }
  return (begin, end, at, cancelled) => {
    for (const { tile, count, block } of batchesOf(begin, end, plan.grid, plan.tiles, channels)) {
      if (cancelled()) return false
      compute(plan.tiles[tile], count, block, at)
    }
    return true
  }
}

/**
 * Where sums are finished. A line has pixels between its rows, which no residual belongs to: there it is added, and the activation
 * applied, on the way to the output.
 */
export function epiloguesOf(d: ConvDescriptor): Readonly<Record<'inPlace' | 'inLine' | 'atCopy', Epilogue>> {
  const all = epilogueOf(d)
  return d.residual ? { inPlace: all, inLine: PLAIN, atCopy: all } : { inPlace: all, inLine: all, atCopy: PLAIN }
}

function blockRunner(
  plan: DirectPlan,
  code: ReadonlyMap<string, Callable>,
  memory: ArrayBufferLike,
  storesInPlace: (block: Block) => boolean,
): (tile: ChannelTile, count: number, block: number, at: Bindings) => void {
  const { descriptor: d, traits, layout } = plan
  const words = new Int32Array(memory)
  const floats = new Float32Array(memory)
  const epilogues = epiloguesOf(d)
  const copy = code.get(copyFunction(epilogues.atCopy).name) as Callable
  const shapes = new Map(plan.tiles.map(({ rows }) => [rows, shapeOf(rows, traits)]))
  const functionsFor = (epilogue: Epilogue) =>
    new Map([...shapes].map(([rows, shape]) => [rows, code.get(tileFunction(shape, epilogue).name) as Callable]))
  const [toPlace, toLine] = [functionsFor(epilogues.inPlace), functionsFor(epilogues.inLine)]
  const groupBytes = 4 * (d.ic / d.groups) * d.input[0] * layout.planeFloats
  const channelBytes = 4 * d.output[0] * d.output[1] * d.output[2]
  const fill = plan.panel && panelFiller(plan, plan.panel, code, memory)
  return (tile, count, index, at) => {
    const block = plan.blocks[index]
    const inPlace = storesInPlace(block)
    const y = at.y + tile.oc * channelBytes + block.y
    const line = at.private + ARGS_BYTES
    const args = at.private / 4
    const shape = shapes.get(tile.rows) as TileShape
    const tables = at.packed + plan.tablesAt
    const exact = inPlace || !layout.staged
    const pixels = {
      x: (layout.staged ? at.shared : at.x) + tile.group * groupBytes + block.x,
      runs: tables + 4 * block.runs,
      runCount: block.runCount,
      runStride: plan.runStride,
    }
    const panel = at.private + plan.panelAt
    fill?.(tile.group * plan.blocks.length + index, { ...pixels, panel, pixels: block.pixels, exact }, at)
    const call = {
      ...(fill === null ? pixels : readsPanel(block, panel, tables, shape, traits)),
      weights: at.packed + tile.packed,
      y: inPlace ? y : line,
      yChannelStride: inPlace ? channelBytes : plan.linePitch,
      tiles: count,
      weightsStep: tileBytes(tile.rows, plan.products),
      pixels: block.pixels,
      exact,
    }
    writeTileArgs(words, args, call, shape, traits.lanes)
    writeEpilogueArgs(words, floats, args, TILE_ARGS, d, at)
    ;((inPlace ? toPlace : toLine).get(tile.rows) as Callable)(at.private)
    if (inPlace) return
    const { vectors, quads, singles } =
      block.yCol === 4 ? pieces(block.cols, traits.lanes) : { vectors: 0, quads: 0, singles: block.cols }
    words[args + COPY_ARGS.from] = line
    words[args + COPY_ARGS.to] = y
    words[args + COPY_ARGS.planes] = count * tile.rows
    words[args + COPY_ARGS.fromPlane] = plan.linePitch
    words[args + COPY_ARGS.toPlane] = channelBytes
    words[args + COPY_ARGS.rows] = block.rows
    words[args + COPY_ARGS.fromRow] = 4 * layout.pitch
    words[args + COPY_ARGS.toRow] = block.yRow
    words[args + COPY_ARGS.vectors] = vectors
    words[args + COPY_ARGS.quads] = quads
    words[args + COPY_ARGS.singles] = singles
    words[args + COPY_ARGS.fromStep] = 4
    words[args + COPY_ARGS.toStep] = block.yCol
    writeEpilogueArgs(words, floats, args, COPY_ARGS, d, at)
    copy(at.private)
  }
}

function readsPanel(block: Block, panel: number, tables: number, shape: TileShape, traits: MachineTraits) {
  return {
    x: panel,
    xStep: panelTileBytes(shape, block.products, traits),
    runs: tables + 4 * block.panelRuns,
    runCount: block.panelRunCount,
    runStride: panelTileBytes(shape, 1, traits),
  }
}
