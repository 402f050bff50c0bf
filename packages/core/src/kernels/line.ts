// A line of pixels of a pointwise convolution: tiles of output channels over pixels that lie side by side, wherever their channels do.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { KernelFunction, MachineTraits } from '../isa/machine.ts'
import { epilogueOf, writeEpilogueArgs } from './epilogue.ts'
import type { Bindings, Callable } from './kernel.ts'
import { panelTileBytes } from './panel.ts'
import { TILE_ARGS, type TileShape, tileFunction } from './tile.ts'
import { type Batch, writeTileArgs } from './tile-call.ts'
import { type ChannelTile, shapeOf, tileBytes } from './tiling.ts'

export interface Line {
  /** The first pixel of the first channel, and bytes from a channel to the next. */
  readonly x: number
  readonly xChannel: number
  readonly y: number
  readonly yChannel: number
  readonly pixels: number
  /** A panel of the pixels of the batch's group, which is read instead of x. */
  readonly panel?: number
}

/** What a pointwise plan says of its tiles. */
export interface LineTiles {
  readonly descriptor: ConvDescriptor
  readonly traits: MachineTraits
  readonly tiles: readonly ChannelTile[]
  /** Bytes from `packed` to the table of runs. */
  readonly runsAt: number
}

/** The tile functions that a line calls. */
export function lineFunctions({ descriptor, traits, tiles }: LineTiles): KernelFunction[] {
  const rows = [...new Set(tiles.map((tile) => tile.rows))]
  return rows.map((count) => tileFunction(shapeOf(count, traits), epilogueOf(descriptor)))
}

/** Computes a batch of channel tiles over a line; `at` says where weights, arguments and, beside y, the residual lie. */
export function lineCaller(
  { descriptor: d, traits, tiles, runsAt }: LineTiles,
  code: ReadonlyMap<string, Callable>,
  memory: ArrayBufferLike,
): (batch: Omit<Batch, 'block'>, line: Line, at: Bindings) => void {
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const shapes = new Map(tiles.map(({ rows }) => [rows, shapeOf(rows, traits)]))
  const functions = new Map(
    [...shapes].map(([rows, shape]) => [rows, code.get(tileFunction(shape, epilogueOf(d)).name) as Callable]),
  )
  const icPerGroup = d.ic / d.groups
  return ({ tile, count }, line, at) => {
    const args = at.private / 4
    const { oc, rows, group, packed } = tiles[tile]
    const shape = shapes.get(rows) as TileShape
    const pixels =
      line.panel === undefined
        ? { x: line.x + group * icPerGroup * line.xChannel, runStride: line.xChannel }
        : { x: line.panel, xStep: panelTileBytes(shape, icPerGroup, traits), runStride: panelTileBytes(shape, 1, traits) }
    const call = {
      ...pixels,
      weights: at.packed + packed,
      y: line.y + oc * line.yChannel,
      yChannelStride: line.yChannel,
      tiles: count,
      weightsStep: tileBytes(rows, icPerGroup),
      runs: at.packed + runsAt,
      runCount: 1,
      pixels: line.pixels,
      exact: true,
    }
    writeTileArgs(words, args, call, shape, traits.lanes)
    writeEpilogueArgs(words, floats, args, TILE_ARGS, d, at)
    ;(functions.get(rows) as Callable)(at.private)
  }
}
