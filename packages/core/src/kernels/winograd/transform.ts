// The two transforms of a Winograd tile along one axis, lane by lane: pixels to factors, products to outputs.
import type { Machine, Vec } from '../../isa/machine.ts'
import { hasInfinity, pairProduct, type Transform } from './points.ts'

/** Reads number `index` of the axis into a register. */
export type Read = (to: Vec, index: number) => void
export type Write = (index: number, from: Vec) => void

/**
 * B^T d. With Q the product of (y - b^2) over the other pairs, the factors of a and -a are E + a O and E - a O, where
 * E sums the coefficients of Q over d2, d4, ... and O over d1, d3, ...
 *
 * @param zero whether the factor of the point 0 is wanted, which alone is of d0. @param scales of the factors of each pair
 */
export function emitInputTransform(
  m: Machine,
  t: Transform,
  constants: Constants,
  read: Read,
  write: Write,
  zero: boolean,
  scales: readonly number[],
): void {
  const { n, pairs } = t
  const all = pairProduct(t)
  m.scope(() => {
    const held = Array.from({ length: n - 4 }, (_, index) => readInto(m, read, index + 1))
    const sum = (from: number, coefficients: readonly number[]) => {
      const to = readInto(m, read, from + 2 * (coefficients.length - 1))
      coefficients.slice(0, -1).forEach((coefficient, k) => {
        m.scope(() => {
          const index = from + 2 * k
          const pixel = held[index - 1] ?? readInto(m, read, index)
          if (coefficient === -1) m.minus(to, to, pixel)
          else if (coefficient === 1) m.plus(to, to, pixel)
          else m.madd(to, pixel, constants.get(coefficient))
        })
      })
      return to
    }
    if (zero) m.scope(() => write(0, sum(0, all)))
    pairs.forEach((a, index) => {
      m.scope(() => {
        const others = pairProduct(t, a)
        const [even, odd, result] = [sum(2, others), sum(1, others), m.vec()]
        const scaled = (part: Vec, by: number) => {
          if (by !== 1) m.scope(() => m.times(part, part, constants.get(by)))
        }
        scaled(even, scales[index])
        scaled(odd, a * scales[index])
        m.plus(result, even, odd)
        write(2 * index + 1, result)
        m.minus(result, even, odd)
        write(2 * index + 2, result)
      })
    })
    if (hasInfinity(t)) m.scope(() => write(n - 1, sum(1, all)))
  })
}

/** A^T m: output k sums a^k (m(a) + (-1)^k m(-a)) over the pairs, the first also m(0), the last also m(infinity). */
export function emitOutputTransform(m: Machine, t: Transform, constants: Constants, read: Read): Vec[] {
  const { n, pairs } = t
  if (n === 1) return [readInto(m, read, 0)]
  const outputs = Array.from({ length: t.m }, () => m.vec())
  m.scope(() => {
    const product = m.vec()
    const parts = pairs.map((_, index) => {
      const [sum, difference] = [readInto(m, read, 2 * index + 1), m.vec()]
      read(product, 2 * index + 2)
      m.minus(difference, sum, product)
      m.plus(sum, sum, product)
      return [sum, difference] as const
    })
    outputs.forEach((output, k) => {
      // Parts that need no factor come last: they are added to the others.
      const terms = pairs
        .map((a, index) => ({ factor: a ** k, part: parts[index][k % 2] }))
        .sort((a, b) => Number(a.factor === 1) - Number(b.factor === 1))
      if (k === 0 || (k === t.m - 1 && hasInfinity(t))) {
        read(product, k === 0 ? 0 : n - 1)
        terms.push({ factor: 1, part: product })
      }
      emitSum(m, constants, output, terms)
    })
  })
  return outputs
}

function emitSum(m: Machine, constants: Constants, to: Vec, terms: readonly { factor: number; part: Vec }[]): void {
  const [first, second] = terms
  const plain = first.factor === 1 && second !== undefined
  if (plain) m.plus(to, first.part, second.part)
  else m.scope(() => m.times(to, first.part, constants.get(first.factor)))
  for (const { factor, part } of terms.slice(plain ? 2 : 1)) {
    if (factor === 1) m.plus(to, to, part)
    else m.scope(() => m.madd(to, part, constants.get(factor)))
  }
}

function readInto(m: Machine, read: Read, index: number): Vec {
  const to = m.vec()
  read(to, index)
  return to
}

/** Constants in registers: set before the loops as long as there is room, else where they are used. */
export class Constants {
  readonly #machine: Machine
  readonly #held = new Map<number, Vec>()

  /** @param working registers that the code in between needs */
  constructor(m: Machine, values: readonly number[], working: number) {
    this.#machine = m
    for (const value of [...new Set(values)].slice(0, m.traits.registers - working)) {
      const register = m.vec()
      m.constant(register, value)
      this.#held.set(value, register)
    }
  }

  get(value: number): Vec {
    const held = this.#held.get(value)
    if (held !== undefined) return held
    const register = this.#machine.vec()
    this.#machine.constant(register, value)
    return register
  }
}

export function inputConstants(t: Transform, scales: readonly number[]): number[] {
  const products = [pairProduct(t), ...t.pairs.map((a) => pairProduct(t, a))]
  const ofPairs = t.pairs.flatMap((a, index) => [a * scales[index], scales[index]])
  return [...products.flatMap((product) => product.slice(0, -1)), ...ofPairs].filter((value) => Math.abs(value) !== 1)
}

export function outputConstants(t: Transform): number[] {
  return t.pairs.flatMap((a) => Array.from({ length: t.m }, (_, k) => a ** k)).filter((value) => value !== 1)
}
