// Multiplying on the matrix unit: up to 32 output channels by two lines of 16 outputs, three products for each of float32.
import type { Access, Int, KernelFunction, Machine } from '../../isa/machine.ts'
import { type Far, type MatrixUnit, ROW_BYTES, TILE_BYTES, type Tile, tileConfig } from '../../isa/matrix-unit.ts'
import { type Epilogue, epilogueName, residualOf } from '../epilogue.ts'
import type { Turn } from './blocks.ts'
import { REST_BYTES, STEP_BYTES } from './gather.ts'
import { emitStore } from './store.ts'

/** The argument block, as indices of 32-bit words. Addresses and strides are in bytes. */
export const MULTIPLY_ARGS = {
  config: 0,
  /** Packed weights of the channels: tiles of the first step. */
  weights: 1,
  /** Gathered pixels of the first pair of lines, and from a pair to the next. */
  x: 2,
  xPair: 3,
  /** The sums of the first pair; where they begin: a tile of biases for every 16 channels. */
  sums: 4,
  biases: 5,
  /** Pairs of lines of the first turn. */
  pairs: 6,
  steps: 7,
  /** From the sums of a pair to those of the next: 0 where they are stored as soon as they are complete. */
  sumsPair: 8,
  /** Where complete sums go: the first output of the first channel, the distance to the next channel, and channels. */
  y: 9,
  yChannel: 10,
  channels: 11,
  residual: 12,
  alpha: 13,
  beta: 14,
} as const

/** Bytes from the sums of a line to those of the next: two tiles of 16 channels. */
export const LINE_BYTES = 2 * TILE_BYTES

export interface MultiplyShape {
  /** Tiles of 16 channels: 1 or 2. */
  readonly rows: number
  /** Lines one after the other: those of the first turn as often as the argument block says, then those of the others once each. */
  readonly turns: readonly Turn[]
  /** Whether sums begin with the biases, and not with what they are. */
  readonly first: boolean
  /** What is done to them then, where that completes them. */
  readonly last: Epilogue | null
}

export function multiplyFunction(shape: MultiplyShape): KernelFunction {
  const turns = shape.turns.map(({ widths }) => (shape.last === null ? widths.length : widths.join('-'))).join('+')
  const ends = `${shape.first ? '-first' : ''}${shape.last === null ? '' : `-last${epilogueName(shape.last)}`}`
  return {
    name: `f32-matrix-multiply-${shape.rows}x${turns}${ends}`,
    emit: (m) => emitMultiply(m, m.matrix as MatrixUnit, shape),
    touches: (words, args) => touches(words, args, shape),
  }
}

function emitMultiply(m: Machine, unit: MatrixUnit, shape: MultiplyShape): void {
  const at = {
    x: m.arg(MULTIPLY_ARGS.x),
    sums: m.arg(MULTIPLY_ARGS.sums),
    y: m.arg(MULTIPLY_ARGS.y),
    row: unit.distance(ROW_BYTES),
  }
  unit.use(m.arg(MULTIPLY_ARGS.config), () => {
    shape.turns.forEach(({ widths }, index) => {
      m.scope(() => m.loop(index === 0 ? m.arg(MULTIPLY_ARGS.pairs) : m.number(1), () => emitLines(m, unit, shape, widths, at)))
    })
  })
}

/** Where the lines of a turn are. */
interface Place {
  readonly x: Int
  readonly sums: Int
  readonly y: Int
  /** Bytes from a row of a tile to the next. */
  readonly row: Far
}

/** One or two lines by all channels: sums begun or taken up, every step, sums kept or stored; moves to the next. */
function emitLines(
  m: Machine,
  unit: MatrixUnit,
  shape: MultiplyShape,
  widths: readonly number[],
  { x, sums, y, row }: Place,
): void {
  const tiles = Array.from({ length: shape.rows }, () => widths.map(() => unit.tile()))
  const visit = (each: (tile: Tile, row: number, col: number) => void) =>
    tiles.forEach((line, r) => {
      line.forEach((tile, c) => each(tile, r, c))
    })
  m.scope(() => {
    const from = unit.far(shape.first ? m.arg(MULTIPLY_ARGS.biases) : copy(m, sums))
    visit((tile, r, c) => unit.loadTile(tile, from, TILE_BYTES * r + (shape.first ? 0 : LINE_BYTES * c), row))
  })
  m.scope(() => {
    const [weights, pixels] = [unit.far(m.arg(MULTIPLY_ARGS.weights)), unit.far(copy(m, x))]
    m.loop(m.arg(MULTIPLY_ARGS.steps), () => {
      emitStep(unit, tiles, weights, pixels, row)
      unit.advance(weights, STEP_BYTES)
      unit.advance(pixels, STEP_BYTES)
    })
  })
  m.scope(() => {
    const to = unit.far(copy(m, sums))
    visit((tile, r, c) => unit.storeTile(to, TILE_BYTES * r + LINE_BYTES * c, row, tile))
  })
  if (shape.last !== null) {
    emitStore(m, { widths, epilogue: shape.last }, MULTIPLY_ARGS, sums, LINE_BYTES, y)
    m.add(y, 4 * outputsOf(widths))
  }
  m.scope(() => m.add(x, m.arg(MULTIPLY_ARGS.xPair)))
  m.scope(() => m.add(sums, m.arg(MULTIPLY_ARGS.sumsPair)))
}

function outputsOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0)
}

function copy(m: Machine, from: Int): Int {
  const to = m.int()
  m.move(to, from)
  return to
}

/** Leading parts by leading parts, by what is left of pixels, and what is left of weights by leading parts: nothing waits for the product before. */
function emitStep(unit: MatrixUnit, sums: readonly Tile[][], weights: Far, pixels: Far, row: Far): void {
  const a = sums.map(() => unit.tile())
  const b = sums[0].map(() => unit.tile())
  const round = (weightsAt: number | null, pixelsAt: number) => {
    a.forEach((tile, r) => {
      if (weightsAt !== null) unit.loadTile(tile, weights, weightsAt + TILE_BYTES * r, row)
      b.forEach((pixel, c) => {
        if (r === 0) unit.loadTile(pixel, pixels, pixelsAt + TILE_BYTES * c, row)
        unit.multiply(sums[r][c], tile, pixel)
      })
    })
  }
  round(0, 0)
  round(null, REST_BYTES)
  round(REST_BYTES, 0)
}

function touches(words: Int32Array, args: number, { rows, turns, first, last }: MultiplyShape): Access[] {
  const arg = (name: keyof typeof MULTIPLY_ARGS) => words[args + MULTIPLY_ARGS[name]] >>> 0
  const [weights, x, sums, biases, steps, y] = (['weights', 'x', 'sums', 'biases', 'steps', 'y'] as const).map(arg)
  const tiles = STEP_BYTES * (steps - 1) + REST_BYTES
  const counts = turns.map((_, index) => (index === 0 ? arg('pairs') : 1))
  const pairs = counts.reduce((sum, count) => sum + count, 0)
  const cols = Math.max(...turns.map(({ widths }) => widths.length))
  const outputs = turns.reduce((sum, { widths }, index) => sum + outputsOf(widths) * counts[index], 0)
  const stored = { from: y, to: y + (arg('channels') - 1) * arg('yChannel') + 4 * outputs }
  return [
    { from: arg('config'), to: arg('config') + 4 * tileConfig().length },
    { from: weights, to: weights + tiles + TILE_BYTES * rows },
    { from: x, to: x + (pairs - 1) * arg('xPair') + tiles + TILE_BYTES * cols },
    { from: sums, to: sums + arg('sumsPair') * (pairs - 1) + LINE_BYTES * (cols - 1) + TILE_BYTES * rows },
    ...(first ? [{ from: biases, to: biases + TILE_BYTES * rows }] : []),
    ...(last === null ? [] : [stored]),
    ...(last?.residual ? [residualOf(stored, words, args, MULTIPLY_ARGS)] : []),
  ]
}
