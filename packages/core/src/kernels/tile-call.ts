// Calling a tile function: how a line of pixels is cut into full tiles and a narrower last one.
import { TILE_ARGS, type TileShape } from './tile.ts'

export interface TileCall {
  readonly weights: number
  readonly x: number
  readonly y: number
  readonly yChannelStride: number
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
  words[args + TILE_ARGS.runs] = call.runs
  words[args + TILE_ARGS.runCount] = call.runCount
  words[args + TILE_ARGS.runStride] = call.runStride
  words[args + TILE_ARGS.full] = full + whole
  words[args + TILE_ARGS.tailOffset] = 4 * last
  for (let width = 1; width <= shape.cols; width++)
    words[args + TILE_ARGS.tails + width - 1] = width === narrow && whole === 0 ? 1 : 0
}
