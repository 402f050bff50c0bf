// The tile function of the broadcast kernel: a vector holds output channels, and every pixel is broadcast to its lanes.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, KernelFunction, Machine, Vec } from '../../isa/machine.ts'
import { type Epilogue, emitEpilogue, epilogueName, residualOf } from '../epilogue.ts'
import { emitSpread } from '../spread.ts'
import { emitRuns, type Products, RUN_WORDS, weightsAhead } from '../tile.ts'
import { type PixelShape, stretchesOf, whereStored, whereSummed } from './shape.ts'
import { emitStore } from './store.ts'

/** The argument block, as indices of 32-bit words. Addresses and strides are in bytes. */
export const BROADCAST_ARGS = {
  /** Packed weights of the channels: a row of biases, then a row of weights a product. */
  weights: 0,
  /** The input pixel under the block's first. */
  x: 1,
  /** The runs: see `TILE_ARGS`. */
  runs: 2,
  runCount: 3,
  runStride: 4,
  /** The tiles: entries of { bytes from x, bytes from y }. */
  tiles: 5,
  tileCount: 6,
  /** The block's first pixel in the first channel, and the distance to the next channel. */
  y: 7,
  yChannel: 8,
  /** Channels: fours, then single ones. */
  fours: 9,
  singles: 10,
  /** A worker's own memory for the sums of a tile. */
  sums: 11,
  residual: 12,
  alpha: 13,
  beta: 14,
} as const

/** Words of an entry of the tiles table. */
export const TILE_WORDS = 2

export interface BroadcastShape extends PixelShape {
  readonly vectors: number
}

export function broadcastFunction(shape: BroadcastShape, epilogue: Epilogue): KernelFunction {
  const { vectors, rows, cols, xRow, xCol, yRow } = shape
  const ways = [xCol, ...(rows === 1 ? [] : [xRow, yRow])].join('-')
  return {
    name: `f32-broadcast-${vectors}x${rows}x${cols}-${ways}${epilogueName(epilogue)}`,
    words: wordsOf(BROADCAST_ARGS),
    emit: (m) => emitTiles(m, shape, epilogue),
    touches: (words, args, { lanes }) => touches(words, args, lanes, shape, epilogue),
  }
}

/** Bytes of a worker's own memory that the sums of a tile take: a vector of pixels is read from any of them on. */
export function sumsBytes(vectors: number, pixels: number, lanes: number): number {
  return 4 * vectors * lanes * (pixels + lanes)
}

function touches(words: Int32Array, args: number, lanes: number, shape: BroadcastShape, epilogue: Epilogue): Access[] {
  const { vectors, rows, cols, xRow, xCol, yRow } = shape
  const floats = vectors * lanes
  const arg = (name: keyof typeof BROADCAST_ARGS) => words[args + BROADCAST_ARGS[name]] >>> 0
  const [weights, x, runs, tiles, y, sums] = (['weights', 'x', 'runs', 'tiles', 'y', 'sums'] as const).map(arg)
  const [stride, runCount] = [words[args + BROADCAST_ARGS.runStride], arg('runCount')]
  const entries = words.subarray(tiles / 4, tiles / 4 + TILE_WORDS * arg('tileCount'))
  const channels = (4 * arg('fours') + arg('singles') - 1) * arg('yChannel')
  const touched = [
    { from: tiles, to: tiles + 4 * entries.length },
    { from: runs, to: runs + 4 * RUN_WORDS * runCount },
    { from: weights, to: weights + 4 * floats },
    { from: sums, to: sums + sumsBytes(vectors, rows * cols, lanes) },
  ]
  for (let tile = 0; tile < entries.length; tile += TILE_WORDS) {
    const to = y + entries[tile + 1]
    const stored = { from: to, to: to + channels + (rows - 1) * yRow + 4 * cols }
    touched.push(stored)
    if (epilogue.residual) touched.push(residualOf(stored, words, args, BROADCAST_ARGS))
    for (let run = 0; run < runCount; run++) {
      const [at, first, products] = words.subarray(runs / 4 + run * RUN_WORDS, runs / 4 + (run + 1) * RUN_WORDS)
      const begin = x + entries[tile] + at
      const last = begin + (products - 1) * stride
      touched.push({ from: Math.min(begin, last), to: Math.max(begin, last) + (rows - 1) * xRow + (cols - 1) * xCol + 4 })
      touched.push({ from: weights, to: weights + 4 * floats * (first + products + 1) })
    }
  }
  return touched
}

function emitTiles(m: Machine, shape: BroadcastShape, epilogue: Epilogue): void {
  const tiles = m.arg(BROADCAST_ARGS.tiles)
  const stretches = stretchesOf(shape, m.traits.lanes)
  const [summed, stored] = [whereSummed(epilogue), whereStored(epilogue)]
  m.loop(m.arg(BROADCAST_ARGS.tileCount), () => {
    const sums = m.arg(BROADCAST_ARGS.sums)
    m.scope(() => emitSums(m, shape, summed, tiles, sums))
    const [y, channel, at] = [m.arg(BROADCAST_ARGS.y), m.arg(BROADCAST_ARGS.yChannel), m.int()]
    m.loadInt(at, tiles, 4)
    m.add(y, at)
    emitStore(m, stretches, { sums, y, channel, args: BROADCAST_ARGS, epilogue: stored }, 4 * shape.vectors * m.traits.lanes)
    m.add(tiles, 4 * TILE_WORDS)
  })
}

/** Emits the sums of a tile to memory: all channels of a pixel, then those of the next. */
function emitSums(m: Machine, shape: BroadcastShape, epilogue: Epilogue, tiles: Int, sums: Int): void {
  const { vectors, rows, cols } = shape
  const bytes = 4 * m.traits.lanes
  const biases = vectors * m.traits.lanes
  const pixels = Array.from({ length: rows * cols }, () => Array.from({ length: vectors }, () => m.vec()))
  m.scope(() => {
    const [weights, x, at] = [m.arg(BROADCAST_ARGS.weights), m.arg(BROADCAST_ARGS.x), m.int()]
    for (const pixel of pixels) pixel.forEach((sum, index) => m.load(sum, weights, index * bytes))
    m.loadInt(at, tiles, 0)
    m.add(x, at)
    emitRuns(m, BROADCAST_ARGS, biases, weights, x, (products) => emitBroadcast(m, pixels, shape, products))
  })
  emitEpilogue(m, epilogue, BROADCAST_ARGS, pixels.flat(), [])
  pixels.flat().forEach((sum, index) => m.store(sums, index * bytes, sum))
}

/** Emits sums += pixel weights for every product; moves the pointers and the count. */
export function emitBroadcast(
  m: Machine,
  pixels: readonly (readonly Vec[])[],
  { vectors, cols, xRow, xCol }: Pick<BroadcastShape, 'vectors' | 'cols' | 'xRow' | 'xCol'>,
  { x, weights, first, count, stride }: Products,
): void {
  const bytes = 4 * m.traits.lanes
  m.scope(() => {
    const row = Array.from({ length: vectors }, () => m.vec())
    const pixel = m.vec()
    m.innerLoop(count, () => {
      row.forEach((weight, index) => m.load(weight, weights, 4 * first + index * bytes))
      row.forEach((_, index) => m.prefetch(weights, index * bytes + weightsAhead(vectors * bytes)))
      pixels.forEach((sums, index) => {
        emitSpread(m, sums, row, x, Math.floor(index / cols) * xRow + (index % cols) * xCol, pixel)
      })
      m.add(x, stride)
      m.add(weights, vectors * bytes)
    })
  })
}
