// Calling a tile function: neighbouring channel tiles in one call, a line of pixels as full tiles and a narrower last one.
import { type Grid, spansOf } from './range.ts'
import { TILE_ARGS, type TileShape } from './tile.ts'
import type { ChannelTile } from './tiling.ts'

/** Multiply-accumulates of a call at most, but for one tile's: a cancelled run ends after one. */
export const CALL_MACS = 1 << 22

/** `count` tiles of one group and as many rows, from tile `tile` on, of one block. */
export interface Batch {
  readonly tile: number
  readonly count: number
  readonly block: number
}

/** The units [begin, end) of a grid as batches of at most so many output channels, but for one tile's. */
export function* batchesOf(
  begin: number,
  end: number,
  grid: Grid,
  tiles: readonly ChannelTile[],
  channels: (block: number) => number,
): Generator<Batch> {
  for (const { block, from, to } of spansOf(begin, end, grid)) {
    for (const batch of tileBatches(from, to, tiles, channels(block))) yield { ...batch, block }
  }
}

/** Tiles [from, to) as batches. */
export function* tileBatches(
  from: number,
  to: number,
  tiles: readonly ChannelTile[],
  channels: number,
): Generator<Omit<Batch, 'block'>> {
  for (let tile = from; tile < to; ) {
    const { rows, group } = tiles[tile]
    const most = Math.min(to, tile + Math.max(1, Math.floor(channels / rows)))
    let next = tile + 1
    while (next < most && tiles[next].rows === rows && tiles[next].group === group) next++
    yield { tile, count: next - tile }
    tile = next
  }
}

export interface TileCall {
  readonly weights: number
  readonly x: number
  /** Bytes from a full tile's pixels to the next one's, where they do not lie side by side. */
  readonly xStep?: number
  readonly y: number
  readonly yChannelStride: number
  /** Channel tiles, and bytes of packed weights of each. */
  readonly tiles: number
  readonly weightsStep: number
  readonly runs: number
  readonly runCount: number
  readonly runStride: number
  /** Pixels of the line. */
  readonly pixels: number
  /** Whether the last tile is moved back over pixels already done rather than ending past the line. */
  readonly exact: boolean
}

/** Writes the argument block at word `args`. */
export function writeTileArgs(words: Int32Array, args: number, call: TileCall, shape: TileShape, lanes: number): void {
  const tile = shape.cols * lanes
  const full = Math.floor(call.pixels / tile)
  const narrow = Math.ceil((call.pixels - full * tile) / lanes)
  const last = call.exact ? call.pixels - narrow * lanes : full * tile
  // A last tile that needs every vector is a full one, wherever it begins.
  const whole = narrow === shape.cols && !call.exact ? 1 : 0
  words[args + TILE_ARGS.weights] = call.weights
  words[args + TILE_ARGS.x] = call.x
  words[args + TILE_ARGS.y] = call.y
  words[args + TILE_ARGS.yChannelStride] = call.yChannelStride
  words[args + TILE_ARGS.tiles] = call.tiles
  words[args + TILE_ARGS.weightsStep] = call.weightsStep
  words[args + TILE_ARGS.yTileStep] = shape.rows * call.yChannelStride
  words[args + TILE_ARGS.runs] = call.runs
  words[args + TILE_ARGS.runCount] = call.runCount
  words[args + TILE_ARGS.runStride] = call.runStride
  words[args + TILE_ARGS.full] = full + whole
  words[args + TILE_ARGS.tailOffset] = 4 * last
  words[args + TILE_ARGS.xStep] = call.xStep ?? 4 * tile
  words[args + TILE_ARGS.xTail] = call.xStep === undefined ? 4 * last : full * call.xStep
  for (let width = 1; width <= shape.cols; width++)
    words[args + TILE_ARGS.tails + width - 1] = width === narrow && whole === 0 ? 1 : 0
}
