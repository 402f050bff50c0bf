// The register tile: `rows` output channels by `cols` vectors of neighbouring pixels, summed over runs of products.
import type { Access, Int, KernelFunction, Machine, MachineTraits, Vec } from '../isa/machine.ts'
import { type Epilogue, emitEpilogue, epilogueName, residualOf, type Visit } from './epilogue.ts'
import { emitSpread } from './spread.ts'

/** The argument block of a tile function, as indices of 32-bit words. Addresses and strides are in bytes. */
export const TILE_ARGS = {
  /** Packed weights of the channel tile: `rows` biases, then `rows` weights a product. */
  weights: 0,
  /** The input pixel under output pixel 0. */
  x: 1,
  /** Pixel 0 of the first output channel, and the distance to the next channel. */
  y: 2,
  yChannelStride: 3,
  /** The runs: entries of { x offset, index of the first product, products }, in summation order. */
  runs: 4,
  runCount: 5,
  /** From one product of a run to the next. */
  runStride: 6,
  /** Full tiles of pixels, one after the other. */
  full: 7,
  /** Where the last tile begins, which may be narrower and may lie over the one before. */
  tailOffset: 8,
  alpha: 9,
  beta: 10,
  residual: 11,
  /** Neighbouring channel tiles of the call, and from one to the next in the packed weights and in y. */
  tiles: 12,
  weightsStep: 13,
  yTileStep: 14,
  /** From a full tile to the next in x, and where the last begins there: as in y, but in a panel. */
  xStep: 15,
  xTail: 16,
  /** One word a width of 1 .. cols vectors: 1 for the width of the last tile, else 0. */
  tails: 17,
} as const

/** Words of an entry of the runs table. */
export const RUN_WORDS = 3

export interface TileShape {
  readonly rows: number
  readonly cols: number
}

/**
 * Bytes of weights that are asked for ahead of their use: they are read once a block of pixels, from caches far away, and the
 * processor by itself does not look beyond a page of 4 KiB. The weights of a product, many or few, are used up in as many cycles, and
 * far memory is some hundreds away: so many products, but for those of few weights.
 */
export function weightsAhead(productBytes: number): number {
  return Math.max(LEAST_AHEAD, PRODUCTS_AHEAD * productBytes)
}
const [LEAST_AHEAD, PRODUCTS_AHEAD] = [2048, 64]

/** Bytes of a cache line. */
const LINE = 64

/** Rows of a tile from which on its products are an inner loop: few rows wait for their pixels, and no loop matters. */
const LEAST_ROWS_INNER = 4

/** Registers beside accumulators and pixels: a weight, and a product where nothing is fused. */
export function spareRegisters(traits: MachineTraits): number {
  return traits.fused ? 1 : 2
}

/** The largest tile that the registers hold: `rows` x `cols` accumulators and one row of pixels. */
export function tileOf(traits: MachineTraits): TileShape {
  const cols = traits.registers >= 32 ? 3 : 2
  return { rows: Math.floor((traits.registers - cols - spareRegisters(traits)) / cols), cols }
}

export function tileFunction(shape: TileShape, epilogue: Epilogue): KernelFunction {
  return {
    name: `f32-tile-${shape.rows}x${shape.cols}${epilogueName(epilogue)}`,
    words: TILE_ARGS.tails + shape.cols,
    emit: (m) => emitTile(m, shape, epilogue),
    touches: (words, args, { lanes }) => tileTouches(words, args, shape, epilogue, lanes),
  }
}

/** Vectors of the last tile, 0 where all are full ones. */
export function lastVectors(words: Int32Array, args: number, cols: number): number {
  return 1 + words.subarray(args + TILE_ARGS.tails, args + TILE_ARGS.tails + cols).indexOf(1)
}

function tileTouches(
  words: Int32Array,
  args: number,
  { rows, cols }: TileShape,
  { residual }: Epilogue,
  lanes: number,
): Access[] {
  const arg = (name: keyof typeof TILE_ARGS) => words[args + TILE_ARGS[name]] >>> 0
  const width = 4 * lanes
  const narrow = lastVectors(words, args, cols)
  const line = Math.max(arg('full') * cols * width, narrow === 0 ? 0 : arg('tailOffset') + narrow * width)
  const lastFull = arg('full') === 0 ? 0 : (arg('full') - 1) * arg('xStep') + cols * width
  const xLine = Math.max(lastFull, narrow === 0 ? 0 : arg('xTail') + narrow * width)
  const [x, runs, count, stride] = [arg('x'), arg('runs'), arg('runCount'), words[args + TILE_ARGS.runStride]]
  const last = arg('tiles') - 1
  const weights = { from: arg('weights'), to: arg('weights') + last * arg('weightsStep') + 4 * rows }
  const y = { from: arg('y'), to: arg('y') + last * arg('yTileStep') + (rows - 1) * arg('yChannelStride') + line }
  const touched = [y, weights, { from: runs, to: runs + 4 * RUN_WORDS * count }]
  if (residual) touched.push(residualOf(y, words, args, TILE_ARGS))
  for (let run = 0; run < count; run++) {
    const [at, first, products] = words.subarray(runs / 4 + run * RUN_WORDS, runs / 4 + (run + 1) * RUN_WORDS)
    const [begin, end] = [(x + at) >>> 0, (x + at + (products - 1) * stride) >>> 0]
    touched.push({ from: Math.min(begin, end), to: Math.max(begin, end) + xLine })
    touched.push({ from: weights.from, to: weights.to + 4 * rows * (first + products) })
  }
  return touched
}

function emitTile(m: Machine, shape: TileShape, epilogue: Epilogue): void {
  const [weights, y] = [m.arg(TILE_ARGS.weights), m.arg(TILE_ARGS.y)]
  m.loop(m.arg(TILE_ARGS.tiles), () => {
    emitLine(m, shape, epilogue, weights, y)
    m.scope(() => m.add(weights, m.arg(TILE_ARGS.weightsStep)))
    m.scope(() => m.add(y, m.arg(TILE_ARGS.yTileStep)))
  })
}

/** The pixels of a line: full tiles, then a narrower one. */
function emitLine(m: Machine, { rows, cols }: TileShape, epilogue: Epilogue, weights: Int, firstY: Int): void {
  const width = m.traits.lanes * 4
  const pointers = (): [Int, Int] => {
    const [x, y] = [m.arg(TILE_ARGS.x), m.int()]
    m.move(y, firstY)
    return [x, y]
  }
  m.scope(() => {
    const [x, y] = pointers()
    m.loop(m.arg(TILE_ARGS.full), () => {
      emitPixels(m, rows, cols, epilogue, weights, x, y)
      m.scope(() => m.add(x, m.arg(TILE_ARGS.xStep)))
      m.add(y, cols * width)
    })
  })
  for (let narrow = 1; narrow <= cols; narrow++) {
    const last = () => {
      const [x, y] = pointers()
      m.scope(() => m.add(x, m.arg(TILE_ARGS.xTail)))
      m.scope(() => m.add(y, m.arg(TILE_ARGS.tailOffset)))
      emitPixels(m, rows, narrow, epilogue, weights, x, y)
    }
    m.scope(() => m.loop(m.arg(TILE_ARGS.tails + narrow - 1), last))
  }
}

/** One tile: biases into the accumulators, every product of every run, epilogue, store. */
function emitPixels(m: Machine, rows: number, cols: number, epilogue: Epilogue, weights: Int, x: Int, y: Int): void {
  const width = m.traits.lanes * 4
  m.scope(() => {
    const sums = Array.from({ length: rows }, (_, row) => Array.from({ length: cols }, () => emitBias(m, weights, row)))
    // The next tile's, which lie in a plane of its own for every product; in a panel, where all lie side by side, the next product's.
    const each = (products: Products) => emitProducts(m, sums, products, cols * width)
    m.scope(() => emitRuns(m, TILE_ARGS, rows, weights, x, each))
    const visit: Visit = (at, each) => {
      const stride = m.arg(TILE_ARGS.yChannelStride)
      for (const row of sums) {
        row.forEach((sum, col) => each(sum, at, col * width))
        m.add(at, stride)
      }
    }
    emitEpilogue(m, epilogue, TILE_ARGS, sums.flat(), [{ y, visit }])
    const at = m.int()
    m.move(at, y)
    visit(at, (sum, place, offset) => m.store(place, offset, sum))
  })
}

function emitBias(m: Machine, weights: Int, row: number): Vec {
  const sum = m.vec()
  m.broadcast(sum, weights, 4 * row)
  return sum
}

/**
 * Emits a loop over the runs that the argument block names. A product has `floats` weights, and as many biases lie before the first.
 * `each` emits the sum of a run's products, and may change the registers that it is given.
 */
export function emitRuns(
  m: Machine,
  args: Record<'runs' | 'runCount' | 'runStride', number>,
  floats: number,
  weights: Int,
  x: Int,
  each: (products: Products) => void,
): void {
  const [runs, stride] = [m.arg(args.runs), m.arg(args.runStride)]
  m.loop(m.arg(args.runCount), () => {
    const [xAt, wAt, products] = [m.int(), m.int(), m.int()]
    m.loadInt(xAt, runs, 0)
    m.add(xAt, x)
    m.loadInt(wAt, runs, 4)
    m.scale(wAt, 4 * floats)
    m.add(wAt, weights)
    m.loadInt(products, runs, 8)
    each({ x: xAt, weights: wAt, first: floats, count: products, stride })
    m.add(runs, 4 * RUN_WORDS)
  })
}

/** Products one after the other: `x` moves by `stride` bytes, `weights` by a row, of which the first is `first` floats ahead. */
export interface Products {
  readonly x: Int
  readonly weights: Int
  readonly first: number
  readonly count: Int
  readonly stride: Int
}

/**
 * Emits sums[row][col] += x[col] weights[row] for every product; moves the pointers and the count. What lies
 * `pixelsAhead` bytes behind the pixels of a product is asked for meanwhile. Not what lies in planes to come: behind the last one is
 * what another core may be writing, which then has to fetch it back.
 */
export function emitProducts(
  m: Machine,
  sums: readonly Vec[][],
  { x, weights, first, count, stride }: Products,
  pixelsAhead: number,
): void {
  const [rows, cols] = [sums.length, sums[0].length]
  const width = m.traits.lanes * 4
  m.scope(() => {
    const pixels = Array.from({ length: cols }, () => m.vec())
    const weight = m.vec()
    const each = () => {
      pixels.forEach((pixel, col) => m.load(pixel, x, col * width))
      m.prefetch(weights, weightsAhead(4 * rows))
      if (m.traits.prefetches) for (let line = 0; line * LINE < cols * width; line++) m.prefetch(x, pixelsAhead + line * LINE)
      sums.forEach((row, index) => emitSpread(m, row, pixels, weights, 4 * (first + index), weight))
      m.add(x, stride)
      m.add(weights, 4 * rows)
    }
    if (rows < LEAST_ROWS_INNER) m.loop(count, each)
    else m.innerLoop(count, each)
  })
}
