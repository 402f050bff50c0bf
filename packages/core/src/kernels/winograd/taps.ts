// The products of F(4x4, 3x3) of at most four tiles as machine code, straight from the filters' taps: vectors hold output channels.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { Access, Int, KernelFunction, Machine, Vec } from '../../isa/machine.ts'
import { stretchesOf } from '../broadcast/shape.ts'
import { emitStore } from '../broadcast/store.ts'
import { sumsBytes } from '../broadcast/tile.ts'
import { PLAIN } from '../epilogue.ts'
import { MANY_REGISTERS } from '../registers.ts'
import { emitSpread } from '../spread.ts'
import { ACROSS_ARGS } from './across.ts'
import { axisOf, outputsOf } from './axis.ts'
import type { TileTransform, Transform } from './points.ts'

/** Taps of a filter, and points along an axis. */
export const [TAPS, N] = [9, 6]
/**
 * Bytes ahead at which all nine taps of a channel are asked for while the first row of points reads three: without, the rows after it wait for
 * the others (ResNet-18 16.2 ms instead of 14.9); from 0 to 16 KB ahead it is the same.
 */
const TAPS_AHEAD = 4096

export interface TapsShape {
  /** Rows and columns of tiles: whether each has all outputs; else there is nothing to multiply at infinity. */
  readonly whole: readonly [readonly boolean[], readonly boolean[]]
  /** Bytes from a point's factors to the next point's. */
  readonly vPoint: number
}

export function tapsShape(d: ConvDescriptor, { y, x }: TileTransform, vPoint: number): TapsShape {
  const whole = ({ m }: Transform, axis: 1 | 2) => {
    const each = axisOf(d, m, axis)
    return Array.from({ length: each.tiles }, (_, tile) => outputsOf(each, tile) === m)
  }
  return { whole: [whole(y, 1), whole(x, 2)], vPoint }
}

function tileCount({ whole: [down, along] }: TapsShape): number {
  return down.length * along.length
}

/** Products of an input and an output channel: 36 of a tile, fewer where it is not whole. */
export function tapsProducts({ whole }: TapsShape): number {
  const [down, along] = whole.map((axis) => axis.reduce((sum, all) => sum + N - Number(!all), 0))
  return down * along
}

export function tapsFunction(shape: TapsShape): KernelFunction {
  const bits = shape.whole.map((axis) => axis.map(Number).join('')).join('x')
  return {
    name: `f32-winograd-taps-${bits}-${shape.vPoint}`,
    words: ACROSS_ARGS.beta + 1,
    emit: (m) => emitTaps(m, shape),
    touches: (words, args, { lanes }) => tapsTouches(words, args, shape, lanes),
  }
}

function tapsTouches(words: Int32Array, args: number, shape: TapsShape, lanes: number): Access[] {
  const arg = (name: keyof typeof ACROSS_ARGS) => words[args + ACROSS_ARGS[name]] >>> 0
  const [channels, outputs, tiles] = [arg('channels'), 4 * arg('fours') + arg('singles'), tileCount(shape)]
  const sums = N * N * tiles
  return [
    { from: arg('filters'), to: arg('filters') + 4 * TAPS * lanes * channels },
    { from: arg('v'), to: arg('v') + (N * N - 1) * shape.vPoint + (channels - 1) * arg('vChannel') + 4 * tiles },
    { from: arg('products'), to: arg('products') + (outputs - 1) * arg('productsChannel') + 4 * sums },
    { from: arg('sums'), to: arg('sums') + sumsBytes(1, sums, lanes) },
  ]
}

/** Points of a row whose sums the registers hold at once: a pair stays together. */
const [ALL, HALVES] = [
  [[0, 1, 2, 3, 4, 5]],
  [
    [0, 1, 2],
    [3, 4, 5],
  ],
]

function emitTaps(m: Machine, shape: TapsShape): void {
  const tiles = tileCount(shape)
  const sums = m.arg(ACROSS_ARGS.sums)
  for (let row = 0; row < N; row++) {
    for (const points of m.traits.registers < MANY_REGISTERS ? HALVES : ALL)
      m.scope(() => emitPoints(m, shape, row, points, sums))
  }
  const [y, channel] = [m.arg(ACROSS_ARGS.products), m.arg(ACROSS_ARGS.productsChannel)]
  const stretches = stretchesOf({ rows: 1, cols: N * N * tiles, xRow: 0, xCol: 4, yRow: 0 }, m.traits.lanes)
  emitStore(m, stretches, { sums, y, channel, args: ACROSS_ARGS, epilogue: PLAIN }, 4 * m.traits.lanes)
}

/** The sums of all tiles at points of a row, over all input channels. */
function emitPoints(m: Machine, shape: TapsShape, row: number, points: readonly number[], to: Int): void {
  const tiles = tileCount(shape)
  const bytes = 4 * m.traits.lanes
  const sums = points.map(() => Array.from({ length: tiles }, () => m.vec()))
  for (const sum of sums.flat()) m.constant(sum, 0)
  m.scope(() => {
    const [taps, v, vChannel] = [m.arg(ACROSS_ARGS.filters), m.arg(ACROSS_ARGS.v), m.arg(ACROSS_ARGS.vChannel)]
    const [spare, ...columns] = [m.vec(), m.vec(), m.vec(), m.vec()]
    m.loop(m.arg(ACROSS_ARGS.channels), () => {
      columns.forEach((column, col) => emitRow(m, row, column, spare, taps, (tap) => (3 * tap + col) * bytes))
      if (row === 0 && points[0] === 0) for (let tap = 0; tap < TAPS; tap++) m.prefetch(taps, tap * bytes + TAPS_AHEAD)
      emitColumns(m, columns, points, (point, filter) => {
        sums[points.indexOf(point)].forEach((sum, tile) => {
          if (multiplies(shape, row, point, tile))
            emitSpread(m, [sum], [filter], v, (N * row + point) * shape.vPoint + 4 * tile, spare)
        })
      })
      m.add(taps, TAPS * bytes)
      m.add(v, vChannel)
    })
  })
  sums.forEach((ofPoint, index) => {
    ofPoint.forEach((sum, tile) => m.store(to, ((N * row + points[index]) * tiles + tile) * bytes, sum))
  })
}

function multiplies({ whole: [down, along] }: TapsShape, row: number, col: number, tile: number): boolean {
  return (row < N - 1 || down[Math.floor(tile / along.length)]) && (col < N - 1 || along[tile % along.length])
}

/** A column of taps at a point of the height. */
export function emitRow(m: Machine, row: number, to: Vec, spare: Vec, taps: Int, place: (tap: number) => number): void {
  const [twice, once] = row < 3 ? [0, 2] : [2, 0]
  const [zero, infinity] = [row === 0, row === N - 1]
  m.load(to, taps, place(zero ? 0 : infinity ? 2 : once))
  if (zero || infinity) return
  m.load(spare, taps, place(twice))
  m.plus(to, to, spare)
  m.plus(to, to, spare)
  m.load(spare, taps, place(1))
  if (row % 2 === 1) m.plus(to, to, spare)
  else m.minus(to, to, spare)
}

/** Three columns at points of the width, each to be used at once. The columns hold anything afterwards. */
export function emitColumns(
  m: Machine,
  columns: readonly Vec[],
  points: readonly number[],
  use: (point: number, filter: Vec) => void,
): void {
  const [first, middle, last] = columns
  if (points.includes(0)) use(0, first)
  if (points.includes(N - 1)) use(N - 1, last)
  const pairs = [1, 3].filter((point) => points.includes(point))
  for (const [index, point] of pairs.entries()) {
    const [twice, once] = point === 1 ? [first, last] : [last, first]
    m.scope(() => {
      const [sum, filter] = index === pairs.length - 1 ? [once, twice] : [m.vec(), m.vec()]
      m.plus(sum, once, twice)
      m.plus(sum, sum, twice)
      m.plus(filter, sum, middle)
      use(point, filter)
      m.minus(filter, sum, middle)
      use(point + 1, filter)
    })
  }
}
