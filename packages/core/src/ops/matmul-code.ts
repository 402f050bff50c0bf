// The code of matMul's vector path: a few rows by a strip of columns, their sums in registers while k runs.
import { wordsOf } from '../isa/args.ts'
import type { Access, KernelFunction, Machine, MachineTraits } from '../isa/machine.ts'
import { emitSpread } from '../kernels/spread.ts'

/** The argument block, as indices of 32-bit words: addresses in bytes, and blocks of rows. */
export const MATMUL_ARGS = { a: 0, b: 1, y: 2, blocks: 3 } as const
export const MATMUL_ARGS_BYTES = 64

/** Rows of a block at most. */
export const MOST_ROWS = 6

/** Vectors of a whole strip. */
export function stripVectors({ registers }: MachineTraits): number {
  return registers >= 32 ? 4 : 2
}

export interface MatMulShape {
  readonly rows: number
  /** Vectors of the strip, the last of which holds `rest` numbers where that is not 0. */
  readonly vectors: number
  readonly rest: number
  /** Numbers of a row of a, and of b and y. */
  readonly k: number
  readonly n: number
}

export function matMulFunction(shape: MatMulShape): KernelFunction {
  const { rows, vectors, rest, k, n } = shape
  return {
    name: `f32-matmul-${rows}x${vectors}${rest === 0 ? '' : `of${rest}`}-k${k}-n${n}`,
    words: wordsOf(MATMUL_ARGS),
    emit: (m) => emitMatMul(m, shape),
    touches: (words, args, { lanes }) => touches(words, args, shape, lanes),
  }
}

function emitMatMul(m: Machine, { rows, vectors, rest, k, n }: MatMulShape): void {
  const { lanes } = m.traits
  const partial = (index: number) => rest > 0 && index === vectors - 1
  const [a, y] = [m.arg(MATMUL_ARGS.a), m.arg(MATMUL_ARGS.y)]
  m.loop(m.arg(MATMUL_ARGS.blocks), () => {
    m.scope(() => {
      const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => m.vec()))
      for (const sum of sums.flat()) m.constant(sum, 0)
      m.scope(() => {
        const [left, right] = [m.int(), m.arg(MATMUL_ARGS.b)]
        m.move(left, a)
        const [value, ...strip] = Array.from({ length: 1 + vectors }, () => m.vec())
        m.loop(m.number(k), () => {
          strip.forEach((to, index) => {
            if (partial(index)) m.loadFirst(to, right, 4 * lanes * index, rest)
            else m.load(to, right, 4 * lanes * index)
          })
          sums.forEach((row, r) => emitSpread(m, row, strip, left, 4 * k * r, value))
          m.add(left, 4)
          m.add(right, 4 * n)
        })
      })
      sums.forEach((row, r) =>
        row.forEach((sum, index) => {
          const offset = 4 * (n * r + lanes * index)
          if (partial(index)) m.storeFirst(y, offset, sum, rest)
          else m.store(y, offset, sum)
        }),
      )
    })
    m.add(a, 4 * k * rows)
    m.add(y, 4 * n * rows)
  })
}

function touches(words: Int32Array, args: number, { rows, vectors, rest, k, n }: MatMulShape, lanes: number): Access[] {
  const at = (index: number) => words[args + index] >>> 0
  const all = rows * words[args + MATMUL_ARGS.blocks]
  const width = vectors * lanes - (rest === 0 ? 0 : lanes - rest)
  const matrix = (from: number, height: number) => ({ from, to: from + 4 * (n * (height - 1) + width) })
  const [a, b] = [at(MATMUL_ARGS.a), at(MATMUL_ARGS.b)]
  return [matrix(at(MATMUL_ARGS.y), all), { from: a, to: a + 4 * all * k }, matrix(b, k)]
}
