// The code of elementwise vector paths: rows of numbers, each row's vectors four at a time, then one at a time, then the rest.
import { wordsOf } from '../isa/args.ts'
import type { Access, Int, KernelFunction, Machine, Vec } from '../isa/machine.ts'
import { MAP_FUNCTIONS, type MapParams } from './map-functions.ts'

/** The argument block, as indices of 32-bit words. Addresses and ways are in bytes. */
export const MAP_ARGS = {
  y: 0,
  a: 1,
  b: 2,
  rows: 3,
  /** Of a row: fours of vectors, vectors after them, and 1 where some lanes are left, else 0. */
  fours: 4,
  vectors: 5,
  rest: 6,
  /** From behind a row to the next. */
  aSkip: 7,
  bSkip: 8,
  p: 9,
  q: 10,
} as const
export const MAP_ARGS_BYTES = 64
const PARAMS: MapParams = MAP_ARGS
/** Vectors at once. */
const FOUR = 4

/** What the code depends on beside the machine. */
export interface MapShape {
  readonly op: string
  /** For each operand whether a row has one number for all. */
  readonly single: readonly boolean[]
  /** Numbers of a row behind its last whole vector; 0: none. */
  readonly rest: number
}

export function mapFunction(shape: MapShape): KernelFunction {
  const { op, single, rest } = shape
  return {
    name: `f32-map-${op}${single.map((one) => (one ? '-one' : '-row')).join('')}-${rest}`,
    words: wordsOf(MAP_ARGS),
    emit: (m) => emitMap(m, shape),
    touches: (words, args, { lanes }) => touches(words, args, shape, lanes),
  }
}

/**
 * An operand while a row is walked: a pointer that moves with the output's; or one number, in a register, or read anew for every
 * vector where the function leaves its result in the register.
 */
type Operand = { readonly at: Int } | { readonly value: Vec } | { readonly one: Int }

function emitMap(m: Machine, shape: MapShape): void {
  const { single, rest } = shape
  const { lanes } = m.traits
  const y = m.arg(MAP_ARGS.y)
  const pointers = single.map((_, i) => m.arg(MAP_ARGS.a + i))
  m.loop(m.arg(MAP_ARGS.rows), () => {
    m.scope(() => {
      const operands = pointers.map((at, i): Operand => {
        if (!single[i]) return { at }
        if (i === 0) return { one: at }
        const value = m.vec()
        m.broadcast(value, at, 0)
        return { value }
      })
      const move = (vectors: number) => {
        m.add(y, 4 * lanes * vectors)
        for (const operand of operands) if ('at' in operand) m.add(operand.at, 4 * lanes * vectors)
      }
      const each = (count: Int, vectors: number) =>
        m.loop(count, () => {
          m.scope(() => emitVectors(m, shape, y, operands, vectors, lanes))
          move(vectors)
        })
      m.scope(() => each(m.arg(MAP_ARGS.fours), FOUR))
      m.scope(() => each(m.arg(MAP_ARGS.vectors), 1))
      if (rest === 0) return
      m.scope(() =>
        m.loop(m.arg(MAP_ARGS.rest), () => {
          m.scope(() => emitVectors(m, shape, y, operands, 1, rest))
          m.add(y, 4 * rest)
          for (const operand of operands) if ('at' in operand) m.add(operand.at, 4 * rest)
        }),
      )
    })
    pointers.forEach((at, i) => {
      m.scope(() => m.add(at, m.arg(MAP_ARGS.aSkip + i)))
    })
  })
}

function emitVectors(m: Machine, { op }: MapShape, y: Int, operands: readonly Operand[], vectors: number, count: number): void {
  const { lanes } = m.traits
  const read = (operand: Operand, index: number): Vec => {
    if ('value' in operand) return operand.value
    const to = m.vec()
    if ('one' in operand) m.broadcast(to, operand.one, 0)
    else if (count < lanes) m.loadFirst(to, operand.at, 0, count)
    else m.load(to, operand.at, 4 * lanes * index)
    return to
  }
  const [a, b] = operands.map((operand) => Array.from({ length: vectors }, (_, index) => read(operand, index)))
  m.scope(() => MAP_FUNCTIONS[op].emit(m, a, b ?? [], PARAMS))
  a.forEach((result, index) => {
    if (count < lanes) m.storeFirst(y, 0, result, count)
    else m.store(y, 4 * lanes * index, result)
  })
}

function touches(words: Int32Array, args: number, { single, rest }: MapShape, lanes: number): Access[] {
  const rows = words[args + MAP_ARGS.rows]
  const tail = words[args + MAP_ARGS.rest] === 0 ? 0 : rest
  const length = 4 * (lanes * (FOUR * words[args + MAP_ARGS.fours] + words[args + MAP_ARGS.vectors]) + tail)
  const y = words[args + MAP_ARGS.y] >>> 0
  const read = single.map((one, i) => {
    const from = words[args + MAP_ARGS.a + i] >>> 0
    const way = (rows - 1) * ((one ? 0 : length) + words[args + MAP_ARGS.aSkip + i])
    return { from: from + Math.min(0, way), to: from + Math.max(0, way) + (one ? 4 : length) }
  })
  return [{ from: y, to: y + rows * length }, ...read]
}
