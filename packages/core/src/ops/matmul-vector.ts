// The vector path of matMul: units are strips of columns of a matrix of the stack, by groups of its rows.
import type { MachineTraits } from '../isa/machine.ts'
import type { Callable } from '../kernels/kernel.ts'
import { MATMUL_ARGS, MATMUL_ARGS_BYTES, type MatMulShape, MOST_ROWS, matMulFunction, stripVectors } from './matmul-code.ts'
import type { VectorPath } from './vector.ts'

/** Stacks of (m, k) by (k, n): where each matrix begins, in numbers. */
export interface Stacks {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** Rows of a group: a strip of b that was read stays in the cache for them. */
const GROUP = 8 * MOST_ROWS
/** Narrower products fill too little of a vector. */
const LEAST_COLUMNS = 4

export function matMulVector({ m, k, n, a, b }: Stacks, traits: MachineTraits): VectorPath | null {
  const { lanes } = traits
  if (lanes === 1 || n < LEAST_COLUMNS || k === 0 || m === 0 || a.length === 0) return null
  const width = stripVectors(traits) * lanes
  const strips = Math.ceil(n / width)
  const groups = Math.ceil(m / GROUP)
  const shapeOf = (strip: number, rows: number): MatMulShape => {
    const columns = Math.min(width, n - strip * width)
    return { rows, vectors: Math.ceil(columns / lanes), rest: columns % lanes, k, n }
  }
  const heights = [...new Set([m >= MOST_ROWS ? MOST_ROWS : 0, m % MOST_ROWS])].filter((rows) => rows > 0)
  const shapes = [0, strips - 1].flatMap((strip) => heights.map((rows) => shapeOf(strip, rows)))
  const functions = [...new Map(shapes.map((shape) => [matMulFunction(shape).name, matMulFunction(shape)])).values()]
  return {
    privateBytes: MATMUL_ARGS_BYTES,
    units: a.length * strips * groups,
    functions,
    runner(code, memory) {
      const words = new Int32Array(memory)
      const callables = [0, strips - 1].map((strip) =>
        heights.map((rows) => [rows, code.get(matMulFunction(shapeOf(strip, rows)).name) as Callable] as const),
      )
      return (begin, end, at, cancelled) => {
        const args = at.private / 4
        for (let unit = begin; unit < end; unit++) {
          if (cancelled()) return false
          const [item, strip] = [Math.floor(unit / (strips * groups)), Math.floor(unit / groups) % strips]
          let row = (unit % groups) * GROUP
          const until = Math.min(m, row + GROUP)
          for (const [rows, call] of callables[strip === strips - 1 ? 1 : 0]) {
            const blocks = Math.floor((until - row) / rows)
            if (blocks === 0) continue
            words[args + MATMUL_ARGS.a] = at.inputs[0] + 4 * (a[item] + row * k)
            words[args + MATMUL_ARGS.b] = at.inputs[1] + 4 * (b[item] + strip * width)
            words[args + MATMUL_ARGS.y] = at.outputs[0] + 4 * ((item * m + row) * n + strip * width)
            words[args + MATMUL_ARGS.blocks] = blocks
            call(at.private)
            row += blocks * rows
          }
        }
        return true
      }
    },
  }
}
