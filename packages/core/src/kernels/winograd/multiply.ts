// The products of a Winograd convolution as machine code: at each point, filters times factors, a matrix product.
import type { Access, Int, KernelFunction, Machine } from '../../isa/machine.ts'
import { emitProducts, type TileShape } from '../tile.ts'

/** Words of the argument block; strides in bytes. */
export const MULTIPLY_ARGS = {
  /** Filters, one after the other as they are read: point, channel tile, input channel, row. */
  filters: 0,
  points: 1,
  /** Channel tiles of `rows` output channels, and the input channels that each sums. */
  tiles: 2,
  channels: 3,
  /** Factors: the distances to the next input channel and point. */
  v: 4,
  vChannel: 5,
  vPoint: 6,
  /** Products: the distances to the next output channel and point. */
  products: 7,
  productsChannel: 8,
  productsPoint: 9,
  /** Tiles of the picture, `cols` vectors at a time, then one narrower time. */
  full: 10,
  tailAt: 11,
  /** One word a width of 1 .. cols - 1 vectors: 1 for the width of the last, else 0. */
  tails: 12,
} as const

/** Bytes of factors that are asked for ahead of their use: those of a point follow each other, and the next point's them. */
const FACTORS_AHEAD = 4096

export function multiplyFunction(shape: TileShape): KernelFunction {
  return {
    name: `f32-winograd-multiply-${shape.rows}x${shape.cols}`,
    words: MULTIPLY_ARGS.tails + shape.cols - 1,
    emit: (m) => emitMultiply(m, shape),
    touches: (words, args, { lanes }) => multiplyTouches(words, args, shape, lanes),
  }
}

/** Writes the words that say how many vectors there are. */
export function writeVectors(words: Int32Array, args: number, { cols }: TileShape, vectors: number, lanes: number): void {
  words[args + MULTIPLY_ARGS.full] = Math.floor(vectors / cols)
  words[args + MULTIPLY_ARGS.tailAt] = 4 * lanes * (vectors - (vectors % cols))
  for (let width = 1; width < cols; width++) words[args + MULTIPLY_ARGS.tails + width - 1] = vectors % cols === width ? 1 : 0
}

function multiplyTouches(words: Int32Array, args: number, { rows, cols }: TileShape, lanes: number): Access[] {
  const arg = (name: keyof typeof MULTIPLY_ARGS) => words[args + MULTIPLY_ARGS[name]] >>> 0
  const narrow = 1 + words.subarray(args + MULTIPLY_ARGS.tails, args + MULTIPLY_ARGS.tails + cols - 1).indexOf(1)
  const line = 4 * lanes * (arg('full') * cols + narrow)
  const [points, tiles, channels] = [arg('points'), arg('tiles'), arg('channels')]
  const end = (channelStride: number, count: number, pointStride: number) =>
    (count - 1) * channelStride + (points - 1) * pointStride + line
  return [
    { from: arg('filters'), to: arg('filters') + 4 * points * tiles * channels * rows },
    { from: arg('v'), to: arg('v') + end(arg('vChannel'), channels, arg('vPoint')) },
    { from: arg('products'), to: arg('products') + end(arg('productsChannel'), tiles * rows, arg('productsPoint')) },
  ]
}

function emitMultiply(m: Machine, { rows, cols }: TileShape): void {
  const width = 4 * m.traits.lanes
  const [filters, v, products] = [m.arg(MULTIPLY_ARGS.filters), m.arg(MULTIPLY_ARGS.v), m.arg(MULTIPLY_ARGS.products)]
  m.loop(m.arg(MULTIPLY_ARGS.points), () => {
    const first = m.int()
    m.move(first, products)
    m.loop(m.arg(MULTIPLY_ARGS.tiles), () => {
      m.scope(() => {
        const [x, y] = [m.int(), m.int()]
        m.move(x, v)
        m.move(y, first)
        m.loop(m.arg(MULTIPLY_ARGS.full), () => {
          emitTile(m, rows, cols, filters, x, y)
          m.add(x, cols * width)
          m.add(y, cols * width)
        })
      })
      for (let narrow = 1; narrow < cols; narrow++) {
        m.scope(() =>
          m.loop(m.arg(MULTIPLY_ARGS.tails + narrow - 1), () => {
            const [x, y] = [m.arg(MULTIPLY_ARGS.tailAt), m.arg(MULTIPLY_ARGS.tailAt)]
            m.add(x, v)
            m.add(y, first)
            emitTile(m, rows, narrow, filters, x, y)
          }),
        )
      }
      m.scope(() => {
        const stride = m.arg(MULTIPLY_ARGS.productsChannel)
        m.scale(stride, rows)
        m.add(first, stride)
      })
      const tile = m.arg(MULTIPLY_ARGS.channels)
      m.scale(tile, 4 * rows)
      m.add(filters, tile)
    })
    m.add(v, m.arg(MULTIPLY_ARGS.vPoint))
    m.add(products, m.arg(MULTIPLY_ARGS.productsPoint))
  })
}

function emitTile(m: Machine, rows: number, cols: number, filters: Int, x: Int, y: Int): void {
  const width = 4 * m.traits.lanes
  m.scope(() => {
    const sums = Array.from({ length: rows }, () =>
      Array.from({ length: cols }, () => {
        const sum = m.vec()
        m.constant(sum, 0)
        return sum
      }),
    )
    m.scope(() => {
      const [xAt, filter] = [m.int(), m.int()]
      m.move(xAt, x)
      m.move(filter, filters)
      emitProducts(
        m,
        sums,
        {
          x: xAt,
          weights: filter,
          first: 0,
          count: m.arg(MULTIPLY_ARGS.channels),
          stride: m.arg(MULTIPLY_ARGS.vChannel),
        },
        FACTORS_AHEAD,
      )
    })
    const [at, stride] = [m.int(), m.arg(MULTIPLY_ARGS.productsChannel)]
    m.move(at, y)
    for (const row of sums) {
      row.forEach((sum, col) => m.store(at, col * width, sum))
      m.add(at, stride)
    }
  })
}
