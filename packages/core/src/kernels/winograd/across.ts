// The products of a Winograd convolution of few tiles as machine code: vectors hold output channels, and each factor is broadcast to them.
import type { Access, KernelFunction, Machine } from '../../isa/machine.ts'
import { equalParts, mostPixels, stretchesOf } from '../broadcast/shape.ts'
import { emitStore } from '../broadcast/store.ts'
import { emitBroadcast, sumsBytes } from '../broadcast/tile.ts'
import { PLAIN } from '../epilogue.ts'
import { MULTIPLY_ARGS } from './multiply.ts'

/** The first words are those of `MULTIPLY_ARGS`: filters of an input channel are vectors of output channels side by side. */
export const ACROSS_ARGS = {
  ...MULTIPLY_ARGS,
  /** A worker's own memory for the sums of a point. */
  sums: 10,
  /** Output channels: fours, then single ones. */
  fours: 11,
  singles: 12,
  residual: 13,
  alpha: 14,
  beta: 15,
} as const

export interface AcrossShape {
  /** Vectors of output channels, and tiles of the picture. */
  readonly vectors: number
  readonly tiles: number
}

export function acrossFunction(shape: AcrossShape): KernelFunction {
  return {
    name: `f32-winograd-across-${shape.vectors}x${shape.tiles}`,
    words: ACROSS_ARGS.beta + 1,
    emit: (m) => emitAcross(m, shape),
    touches: (words, args, { lanes }) => acrossTouches(words, args, shape, lanes),
  }
}

function acrossTouches(words: Int32Array, args: number, { vectors, tiles }: AcrossShape, lanes: number): Access[] {
  const arg = (name: keyof typeof ACROSS_ARGS) => words[args + ACROSS_ARGS[name]] >>> 0
  const [points, channels, outputs] = [arg('points'), arg('channels'), 4 * arg('fours') + arg('singles')]
  const last = points - 1
  const factors = last * arg('vPoint') + (channels - 1) * arg('vChannel') + 4 * tiles
  const products = last * arg('productsPoint') + (outputs - 1) * arg('productsChannel') + 4 * tiles
  return [
    { from: arg('filters'), to: arg('filters') + 4 * points * channels * vectors * lanes },
    { from: arg('v'), to: arg('v') + factors },
    { from: arg('products'), to: arg('products') + products },
    { from: arg('sums'), to: arg('sums') + sumsBytes(vectors, tiles, lanes) },
  ]
}

function emitAcross(m: Machine, { vectors, tiles }: AcrossShape): void {
  const bytes = 4 * m.traits.lanes
  const most = mostPixels(vectors, m.traits, PLAIN)
  const [filters, v, products] = [m.arg(ACROSS_ARGS.filters), m.arg(ACROSS_ARGS.v), m.arg(ACROSS_ARGS.products)]
  m.loop(m.arg(ACROSS_ARGS.points), () => {
    for (const { from, count } of equalParts(tiles, Math.ceil(tiles / most))) {
      m.scope(() => {
        const sums = Array.from({ length: count }, () => Array.from({ length: vectors }, () => m.vec()))
        for (const sum of sums.flat()) m.constant(sum, 0)
        m.scope(() => {
          const [x, weights, stride] = [m.int(), m.int(), m.arg(ACROSS_ARGS.vChannel)]
          m.move(x, v)
          m.add(x, 4 * from)
          m.move(weights, filters)
          const shape = { vectors, cols: count, xRow: 0, xCol: 4 }
          emitBroadcast(m, sums, shape, { x, weights, first: 0, count: m.arg(ACROSS_ARGS.channels), stride })
        })
        const to = m.arg(ACROSS_ARGS.sums)
        sums.flat().forEach((sum, index) => m.store(to, (from * vectors + index) * bytes, sum))
      })
    }
    m.scope(() => {
      const [sums, y, channel] = [m.arg(ACROSS_ARGS.sums), m.int(), m.arg(ACROSS_ARGS.productsChannel)]
      m.move(y, products)
      const stretches = stretchesOf({ rows: 1, cols: tiles, xRow: 0, xCol: 4, yRow: 0 }, m.traits.lanes)
      emitStore(m, stretches, { sums, y, channel, args: ACROSS_ARGS, epilogue: PLAIN }, vectors * bytes)
    })
    m.scope(() => {
      const filtersPoint = m.arg(ACROSS_ARGS.channels)
      m.scale(filtersPoint, vectors * bytes)
      m.add(filters, filtersPoint)
    })
    m.add(v, m.arg(ACROSS_ARGS.vPoint))
    m.add(products, m.arg(ACROSS_ARGS.productsPoint))
  })
}
