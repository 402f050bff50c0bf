// The planes function: bands of input channels are staged with their padding, then summed into a few output channels.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, Machine, Vec } from '../../isa/machine.ts'
import { DEPTHWISE_ARGS } from '../depthwise/args.ts'
import { emitPadding, emitStage, overPlanes, readBytes } from '../depthwise/band.ts'
import { inputRows } from '../depthwise/shape.ts'
import type { NarrowFunction } from '../kernel.ts'
import { copyOf } from '../move.ts'
import { LINE, type PlanesShape } from './shape.ts'

/**
 * The argument block, as indices of 32-bit words. Addresses and strides are in bytes. What staging reads are those of a depthwise
 * function; `multiplier` counts the output channels, `weights` is the bias of the first of them, or as far ahead of the first
 * weight, and `spare` has room for two words.
 */
export const PLANES_ARGS = {
  ...DEPTHWISE_ARGS,
  /** 1 where a last tile of fewer rows follows the others, else 0. */
  lastTile: 15,
  /** From an output channel's weights to the next one's, and from a band's to the next band's. */
  weightsStep: 22,
  bandStep: 23,
  /** Sums of the block, rows of whole vectors, and how many vectors an output channel has. */
  sums: 24,
  sumVectors: 25,
  /** 1 where sums begin with the bias, 0 where they go on. */
  fresh: 26,
  /** From a channel to the next one's in the picture, and from there behind a band's to the next lines of its first that are asked for. */
  xPlane: 27,
  aheadStep: 28,
} as const

/** Words at `spare`: the next band's pixels, and its weights. */
const [NEXT_X, NEXT_WEIGHTS] = [0, 4]

export function planesFunction(shape: PlanesShape): NarrowFunction {
  return {
    name: nameOf(shape),
    words: wordsOf(PLANES_ARGS),
    traits: shape.traits,
    emit: (m) => emitPlanes(m, shape),
    touches: (words, args) => planesTouches(words, args, shape),
  }
}

function nameOf({
  traits,
  kernel,
  strideY,
  rowStep,
  dilationY,
  rows,
  apart,
  vectors,
  tile,
  lastRows,
  ahead,
}: PlanesShape): string {
  const parts = [
    `f32-planes-${kernel[0]}x${kernel[1]}`,
    `s${strideY}x${rows.stride}${rowStep === 1 ? '' : `of${rowStep}`}`,
    `d${dilationY}x${rows.dilation}`,
    `w${rows.width}p${rows.before}to${vectors}l${traits.lanes}pitch${rows.pitch}`,
    `${tile.rows}${lastRows === 0 ? '' : `+${lastRows}`}x${tile.cols}${tile.column ? 'column' : ''}${apart ? 'apart' : ''}`,
    ...(ahead === 0 ? [] : [`ahead${ahead}`]),
  ]
  return parts.join('-')
}

function emitPlanes(m: Machine, shape: PlanesShape): void {
  const args = PLANES_ARGS
  emitPadding(m, 0)
  emitBiases(m)
  keep(m, NEXT_X, m.arg(args.x))
  keep(m, NEXT_WEIGHTS, m.arg(args.weights))
  m.loop(m.arg(args.bands), () => {
    m.scope(() => {
      const x = kept(m, NEXT_X)
      overPlanes(m, args.stage, (plane) => {
        emitStage(m, { ...shape, fold: 'sum' }, x, plane)
        m.add(x, m.arg(args.xSkip))
      })
      keep(m, NEXT_X, x)
    })
    m.scope(() => {
      const at = { weights: kept(m, NEXT_WEIGHTS), sums: m.arg(args.sums), ahead: shape.ahead === 0 ? null : kept(m, NEXT_X) }
      const { weights } = at
      m.loop(m.arg(args.multiplier), () => {
        emitChannel(m, shape, at)
        m.add(weights, m.arg(args.weightsStep))
      })
    })
    m.scope(() => {
      const weights = kept(m, NEXT_WEIGHTS)
      m.add(weights, m.arg(args.bandStep))
      keep(m, NEXT_WEIGHTS, weights)
    })
  })
}

function keep(m: Machine, word: number, value: Int): void {
  m.scope(() => m.storeInt(m.arg(PLANES_ARGS.spare), word, value))
}

function kept(m: Machine, word: number): Int {
  const value = m.arg(PLANES_ARGS.spare)
  m.loadInt(value, value, word)
  return value
}

function emitBiases(m: Machine): void {
  const args = PLANES_ARGS
  m.scope(() =>
    m.loop(m.arg(args.fresh), () => {
      const [weights, sums, bias] = [m.arg(args.weights), m.arg(args.sums), m.vec()]
      m.loop(m.arg(args.multiplier), () => {
        m.broadcast(bias, weights, 0)
        m.loop(m.arg(args.sumVectors), () => {
          m.store(sums, 0, bias)
          m.add(sums, 4 * m.traits.lanes)
        })
        m.add(weights, m.arg(args.weightsStep))
      })
    }),
  )
}

interface Pointers {
  readonly weights: Int
  readonly sums: Int
  /** Lines of the next band that are asked for. */
  readonly ahead: Int | null
}

/** Emits a band's part of an output channel's sums, which are moved to the next one's. */
function emitChannel(m: Machine, shape: PlanesShape, at: Pointers): void {
  const { tile, lastRows, rows, strideY } = shape
  const x = m.arg(PLANES_ARGS.first)
  m.scope(() =>
    m.loop(m.arg(PLANES_ARGS.tiles), () => {
      emitLine(m, shape, tile.rows, at, x)
      m.add(x, 4 * tile.rows * strideY * rows.rowFloats)
    }),
  )
  if (lastRows === 0) return
  m.scope(() => m.loop(m.arg(PLANES_ARGS.lastTile), () => emitLine(m, shape, lastRows, at, x)))
}

/** Emits `count` whole output rows; moves `sums` behind them. */
function emitLine(m: Machine, shape: PlanesShape, count: number, at: Pointers, x: Int): void {
  const { vectors, tile } = shape
  const { sums } = at
  const [bytes, full] = [4 * m.traits.lanes, Math.floor(vectors / tile.cols)]
  const step = (cols: number) => {
    emitTile(m, shape, count, cols, at, x)
    m.add(x, cols * bytes)
    m.add(sums, cols * bytes)
  }
  m.scope(() => m.loop(m.number(full), () => step(tile.cols)))
  if (vectors % tile.cols > 0) step(vectors % tile.cols)
  m.add(x, -vectors * bytes)
  if (count > 1) m.add(sums, (count - 1) * vectors * bytes)
}

/** One tile: sums as they are, then every product of every channel of the band, column by column of the kernel. */
function emitTile(m: Machine, shape: PlanesShape, rows: number, cols: number, at: Pointers, x: Int): void {
  const { kernel, vectors, ahead: lines } = shape
  const { weights, ahead } = at
  const bytes = 4 * m.traits.lanes
  m.scope(() => {
    const sums = Array.from({ length: rows }, () => Array.from({ length: cols }, () => m.vec()))
    const each = (move: (sum: Vec, offset: number) => void) =>
      sums.forEach((row, index) => row.forEach((sum, col) => move(sum, (index * vectors + col) * bytes)))
    each((sum, offset) => m.load(sum, at.sums, offset))
    m.scope(() => {
      const xAt = copyOf(m, x)
      m.loop(m.arg(PLANES_ARGS.channels), () => {
        if (ahead !== null) {
          for (let line = 0; line < lines; line++) m.prefetch(ahead, LINE * line)
          m.scope(() => m.add(ahead, m.arg(PLANES_ARGS.xPlane)))
        }
        if (shape.apart) emitApart(m, sums, (own) => emitProducts(m, shape, own, weights, xAt))
        else emitProducts(m, shape, sums, weights, xAt)
        m.scope(() => m.add(xAt, m.arg(PLANES_ARGS.plane)))
        m.add(weights, 4 * kernel[0] * kernel[1])
      })
    })
    m.scope(() => {
      const back = m.arg(PLANES_ARGS.bandStep)
      m.scale(back, -1)
      m.add(weights, back)
    })
    if (ahead !== null) m.scope(() => m.add(ahead, m.arg(PLANES_ARGS.aheadStep)))
    each((sum, offset) => m.store(at.sums, offset, sum))
  })
}

/** Emits sums of their own, which are added when they are whole. */
function emitApart(m: Machine, sums: readonly Vec[][], products: (own: Vec[][]) => void): void {
  m.scope(() => {
    const own = sums.map((row) => row.map(() => m.vec()))
    for (const sum of own.flat()) m.constant(sum, 0)
    m.scope(() => products(own))
    sums.forEach((row, index) => row.forEach((sum, col) => m.plus(sum, sum, own[index][col])))
  })
}

function emitProducts(m: Machine, shape: PlanesShape, sums: readonly Vec[][], weights: Int, x: Int): void {
  const { kernel, rows, tile } = shape
  const [kh, kw] = kernel
  const [pixels, held] = [sums[0].map(() => m.vec()), Array.from({ length: tile.column ? kh : 1 }, () => m.vec())]
  const lines = inputRows(shape, sums.length)
  rows.taps.forEach(({ index, offset }, tap) => {
    const read = (to: Vec, row: number) => m.broadcast(to, weights, 4 * (1 + row * kw + tap))
    if (tile.column) held.forEach(read)
    for (const { at, meets } of lines) {
      const pixel = at * rows.rowFloats + index * rows.pitch + offset - rows.low
      pixels.forEach((to, col) => m.load(to, x, 4 * (pixel + col * m.traits.lanes)))
      for (const meet of meets) {
        if (!tile.column) read(held[0], meet.kh)
        const weight = tile.column ? held[meet.kh] : held[0]
        sums[meet.row].forEach((sum, col) => m.madd(sum, pixels[col], weight))
      }
    }
  })
}

function planesTouches(words: Int32Array, args: number, shape: PlanesShape): Access[] {
  const arg = (name: keyof typeof PLANES_ARGS) => words[args + PLANES_ARGS[name]]
  const span = (name: keyof typeof PLANES_ARGS, bytes: number) => {
    const from = arg(name) >>> 0
    return { from, to: from + bytes }
  }
  const { kernel, rows, vectors, tile, lastRows } = shape
  const { lanes } = shape.traits
  const [channels, outputs] = [arg('bands') * arg('channels'), arg('multiplier')]
  const planes = (arg('channels') - 1) * arg('plane')
  const outRows = arg('tiles') * tile.rows + arg('lastTile') * lastRows
  const inRows = (outRows - 1) * shape.strideY + (kernel[0] - 1) * shape.dilationY + 1
  const high = Math.max(...rows.taps.map(({ offset }) => offset))
  const beyond = Math.max(0, high + vectors * lanes - rows.pitch)
  return [
    span('x', readBytes(shape, arg('xRows'), arg('xSkip'), channels)),
    span('weights', (outputs - 1) * arg('weightsStep') + 4 * (1 + channels * kernel[0] * kernel[1])),
    span('sums', 4 * outputs * arg('sumVectors') * lanes),
    span('buffer', 4 * arg('vectors') * lanes),
    span('stage', planes + 4 * arg('xRows') * rows.rowFloats),
    span('first', planes + 4 * (inRows * rows.rowFloats + beyond - rows.low)),
    span('spare', 8),
  ]
}
