// The function of the gemv kernel: sums of one or two blocks of channels in registers, while all products go by.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, KernelFunction, Machine, Vec } from '../../isa/machine.ts'
import type { MatrixUnit } from '../../isa/matrix-unit.ts'
import { type Epilogue, emitEpilogue, epilogueName, residualOf } from '../epilogue.ts'
import { copyOf } from '../move.ts'
import { BIAS_BYTES, blockBytes, LANES, ROW_BYTES, ROWS } from './pack.ts'

/** The argument block, as indices of 32-bit words: addresses in bytes, and those from a block of packed weights to the next. */
export const GEMV_ARGS = { weights: 0, x: 1, products: 2, block: 3, y: 4, residual: 5, alpha: 6, beta: 7 } as const
export const GEMV_ARGS_BYTES = 64

/** Bytes that weights of a block are asked for ahead of their use, and of a cache line. Twice as many gained less, and so did half. */
const [AHEAD, LINE] = [1024, 64]

/** @param channels that are stored, of the last block maybe fewer than it has */
export function gemvFunction(channels: number, epilogue: Epilogue): KernelFunction {
  return {
    name: `f32-gemv-${channels}${epilogueName(epilogue)}`,
    words: wordsOf(GEMV_ARGS),
    emit: (m) => emitUnit(m, m.matrix as MatrixUnit, channels, epilogue),
    touches: (words, args) => touches(words, args, channels, epilogue),
  }
}

function touches(words: Int32Array, args: number, channels: number, { residual }: Epilogue): Access[] {
  const [weights, x, products, block, y] = (['weights', 'x', 'products', 'block', 'y'] as const).map(
    (name) => words[args + GEMV_ARGS[name]] >>> 0,
  )
  const stored = { from: y, to: y + 4 * channels }
  return [
    { from: weights, to: weights + (Math.ceil(channels / ROWS) - 1) * block + blockBytes(products) },
    { from: x, to: x + 4 * products },
    stored,
    ...(residual ? [residualOf(stored, words, args, GEMV_ARGS)] : []),
  ]
}

function emitUnit(m: Machine, unit: MatrixUnit, channels: number, epilogue: Epilogue): void {
  const blocks = Array.from({ length: Math.ceil(channels / ROWS) }, () => Array.from({ length: ROWS / LANES }, () => m.vec()))
  m.scope(() => emitSums(m, unit, blocks))
  const y = m.arg(GEMV_ARGS.y)
  const sums = blocks.flat().slice(0, Math.ceil(channels / LANES))
  sums.forEach((sum, index) => {
    const [at, count] = [4 * LANES * index, Math.min(LANES, channels - LANES * index)]
    emitEpilogue(m, epilogue, GEMV_ARGS, [sum], [{ y, visit: (from, each) => each(sum, from, at) }], count)
    if (count < LANES) m.storeFirst(y, at, sum, count)
    else m.store(y, at, sum)
  })
}

function emitSums(m: Machine, unit: MatrixUnit, blocks: readonly Vec[][]): void {
  const streams = streamsOf(m, blocks.length)
  blocks.forEach((sums, block) => {
    sums.forEach((sum, index) => m.load(sum, streams[block], 4 * LANES * index))
    m.add(streams[block], BIAS_BYTES)
  })
  const x = m.arg(GEMV_ARGS.x)
  const short = unit.short()
  const [pixel, ...row] = Array.from({ length: 1 + ROWS / LANES }, () => m.vec())
  m.innerLoop(m.arg(GEMV_ARGS.products), () => {
    m.broadcast(pixel, x, 0)
    blocks.forEach((sums, block) => {
      unit.loadShort(row, streams[block], 0, short)
      for (let line = 0; line < ROW_BYTES; line += LINE) m.prefetch(streams[block], AHEAD + line)
      sums.forEach((sum, index) => m.madd(sum, row[index], pixel))
      m.add(streams[block], ROW_BYTES)
    })
    m.add(x, 4)
  })
}

/** Where the packed weights of each block begin. */
function streamsOf(m: Machine, blocks: number): Int[] {
  const streams = [m.arg(GEMV_ARGS.weights)]
  while (streams.length < blocks) {
    const next = copyOf(m, streams[streams.length - 1])
    m.scope(() => m.add(next, m.arg(GEMV_ARGS.block)))
    streams.push(next)
  }
  return streams
}
