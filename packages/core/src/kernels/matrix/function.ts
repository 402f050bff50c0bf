// The function of the matrix kernel: a block of lines by some blocks of channels, a chunk of steps long.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, KernelFunction, Machine } from '../../isa/machine.ts'
import { type MatrixUnit, TILE_BYTES, TILE_ROWS, tileConfig } from '../../isa/matrix-unit.ts'
import { type Epilogue, epilogueName, residualOf } from '../epilogue.ts'
import { BIAS_BYTES, MATRIX_ARGS, REST_BYTES, ROW_WORDS, STEP_BYTES, SUMS_BYTES } from './args.ts'
import type { Turn } from './blocks.ts'
import { beginGather, emitGather, type Gather, type Gathering } from './gather.ts'
import { emitMultiply } from './multiply.ts'
import { emitStore } from './store.ts'

export interface MatrixShape extends Gathering {
  /** Lines one after the other: those of the first turn as often as the argument block says, then those of the others once each. */
  readonly turns: readonly Turn[]
  /** Whether there is a block of 32 channels always, beside which the next lines are gathered. */
  readonly ahead: boolean
  /** Tiles of 16 channels in the block of fewer than 32; 0 where there is none. */
  readonly rest: number
  /** Whether sums begin with the biases, and not with what they are. */
  readonly first: boolean
  /** What is done to them then, where that completes them. */
  readonly last: Epilogue | null
}

export function matrixFunction(shape: MatrixShape): KernelFunction {
  const lines = shape.turns.map(({ widths }) => widths.join('-')).join('+')
  const source = `${shape.split ? 'split' : 'whole'}-${shape.pieces}`
  const ends = `${shape.first ? '-first' : ''}${shape.last === null ? '' : `-last${epilogueName(shape.last)}`}`
  return {
    name: `f32-matrix-${shape.ahead ? '32' : '0'}+${shape.rest}x${lines}-${source}${ends}`,
    words: wordsOf(MATRIX_ARGS),
    emit: (m) => emitBlock(m, m.matrix as MatrixUnit, shape),
    touches: (words, args) => touches(words, args, shape),
  }
}

/**
 * A pair of lines is gathered, and stays in the caches while the weights of all channels go by. While those of the first block do, the
 * next pair is gathered.
 */
function emitBlock(m: Machine, unit: MatrixUnit, shape: MatrixShape): void {
  unit.use(MATRIX_ARGS.config, () => {
    const lines = m.arg(MATRIX_ARGS.lines)
    shape.turns.forEach(({ widths }, index) => {
      emitGather(m, unit, shape, widths.length, lines)
      if (index === 0) {
        m.scope(() => {
          const more = m.arg(MATRIX_ARGS.pairs)
          m.add(more, -1)
          m.loop(more, () => {
            emitChannels(m, unit, shape, widths, shape.ahead ? lines : null)
            if (!shape.ahead) emitGather(m, unit, shape, widths.length, lines)
          })
        })
      }
      m.scope(() => emitChannels(m, unit, shape, widths, null))
    })
  })
}

/** All blocks of channels of gathered lines; the words of sums and y move to those of the next. @param next lines that are gathered meanwhile */
function emitChannels(m: Machine, unit: MatrixUnit, shape: MatrixShape, widths: readonly number[], next: Int | null): void {
  const { rest, first, last } = shape
  const block = (rows: number, channels: number, weights: Int | null, y: Int | null, ahead: (() => Gather) | null) => {
    emitMultiply(m, unit, { rows, cols: widths.length, first }, weights, ahead)
    if (last !== null) emitStore(m, widths, last, channels, y)
    addWord(m, MATRIX_ARGS.sums, MATRIX_ARGS.sumsBlock)
  }
  const ahead = next === null ? null : () => beginGather(m, unit, shape, widths.length, next, MATRIX_ARGS.nextPixels)
  if (next !== null) block(2, MATRIX_ARGS.channels, null, null, ahead)
  m.scope(() => {
    const [weights, y, count] = [m.arg(MATRIX_ARGS.weights), m.arg(MATRIX_ARGS.y), m.arg(MATRIX_ARGS.blocks)]
    const advance = () => {
      m.scope(() => m.add(weights, m.arg(MATRIX_ARGS.weightsBlock)))
      m.scope(() => m.add(y, m.arg(MATRIX_ARGS.yBlock)))
    }
    if (next !== null) {
      advance()
      m.add(count, -1)
    }
    m.loop(count, () => {
      block(2, MATRIX_ARGS.channels, weights, y, null)
      advance()
    })
    if (rest > 0) m.scope(() => m.loop(m.arg(MATRIX_ARGS.rests), () => block(rest, MATRIX_ARGS.restChannels, weights, y, null)))
  })
  m.scope(() => {
    const [self, y] = [m.arg(MATRIX_ARGS.self), m.arg(MATRIX_ARGS.y)]
    m.add(y, 4 * outputsOf(widths))
    m.storeInt(self, 4 * MATRIX_ARGS.y, y)
    if (next === null) return
    const [pixels, other] = [m.arg(MATRIX_ARGS.pixels), m.arg(MATRIX_ARGS.nextPixels)]
    m.storeInt(self, 4 * MATRIX_ARGS.pixels, other)
    m.storeInt(self, 4 * MATRIX_ARGS.nextPixels, pixels)
  })
}

/** Adds one word of the argument block to another. */
function addWord(m: Machine, to: number, by: number): void {
  m.scope(() => {
    const [self, word, more] = [m.arg(MATRIX_ARGS.self), m.arg(to), m.arg(by)]
    m.add(word, more)
    m.storeInt(self, 4 * to, word)
  })
}

function outputsOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0)
}

function touches(words: Int32Array, args: number, { turns, pieces, ahead, rest, first, last }: MatrixShape): Access[] {
  const arg = (name: keyof typeof MATRIX_ARGS) => words[args + MATRIX_ARGS[name]] >>> 0
  const counts = turns.map((_, index) => (index === 0 ? arg('pairs') : 1))
  const total = (each: (turn: Turn) => number) => turns.reduce((sum, turn, index) => sum + counts[index] * each(turn), 0)
  const [pairs, lines] = [total(() => 1), total(({ widths }) => widths.length)]
  const [blocks, rests, steps] = [arg('blocks'), rest > 0 ? arg('rests') : 0, arg('steps')]
  const cols = Math.max(...turns.map(({ widths }) => widths.length))
  const tiles = STEP_BYTES * (steps - 1) + REST_BYTES
  const weights = arg('weights')
  const lastBlock = weights + (blocks + rests - 1) * arg('weightsBlock')
  const lastRows = rests > 0 ? rest : 2
  const sumsEach = arg('sumsBlock') * (blocks + rests)
  const channels = blocks * arg('channels') + rests * arg('restChannels')
  const stored = {
    from: arg('y'),
    to: arg('y') + (channels - 1) * arg('yChannel') + 4 * total(({ widths }) => outputsOf(widths)),
  }
  return [
    { from: arg('self'), to: arg('self') + 4 * (MATRIX_ARGS.nextPixels + 1) },
    { from: arg('config'), to: arg('config') + 4 * tileConfig().length },
    { from: arg('lines'), to: arg('lines') + 8 * pieces * lines },
    { from: arg('rows'), to: arg('rows') + 4 * ROW_WORDS * TILE_ROWS * steps },
    { from: arg('pixels'), to: arg('pixels') + tiles + TILE_BYTES * cols },
    { from: arg('nextPixels'), to: arg('nextPixels') + (ahead && arg('pairs') > 1 ? tiles + TILE_BYTES * cols : 0) },
    { from: weights - (first ? BIAS_BYTES : 0), to: lastBlock + tiles + TILE_BYTES * lastRows },
    { from: arg('sums'), to: arg('sums') + Math.max(0, sumsEach * pairs - arg('sumsBlock')) + SUMS_BYTES },
    ...pixelsOf(words, args, pieces * lines),
    ...(last === null ? [] : [stored]),
    ...(last?.residual ? [residualOf(stored, words, args, MATRIX_ARGS)] : []),
  ]
}

/** The pixels that pieces of lines are gathered from. */
function pixelsOf(words: Int32Array, args: number, pieces: number): Access[] {
  const arg = (name: keyof typeof MATRIX_ARGS) => words[args + MATRIX_ARGS[name]] >>> 0
  const offsets = words.subarray(arg('rows') / 4, arg('rows') / 4 + ROW_WORDS * TILE_ROWS * arg('steps'))
  const [low, high] = offsets.reduce(([least, most], by) => [Math.min(least, by), Math.max(most, by)], [2 ** 31, 0])
  const table = words.subarray(arg('lines') / 4, arg('lines') / 4 + 2 * pieces)
  return Array.from({ length: pieces }, (_, piece) => table.subarray(2 * piece, 2 * piece + 2)).flatMap(([by, lanes]) => {
    const [first, last] = [31 - Math.clz32(lanes & -lanes), 31 - Math.clz32(lanes)]
    const x = arg('x') + by
    return lanes === 0 ? [] : [{ from: x + low + 4 * first, to: x + high + 4 * last + 4 }]
  })
}
