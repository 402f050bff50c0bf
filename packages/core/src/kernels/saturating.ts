// Odd functions that go to -1 and 1, as machine code: rational ones, of several registers at once.
import type { Machine, Vec } from '../isa/machine.ts'

/** x p(x^2) / q(x^2), highest coefficient first, as many of each; from |x| = `limit` on it is -1 or 1. */
export interface Saturating {
  readonly p: readonly number[]
  readonly q: readonly number[]
  readonly limit: number
}

// Minimax rationals of our own: 1.9e-8 and 1.3e-8 from the functions, 2.7e-7 and 3.1e-7 as float32 computes them.
export const TANH: Saturating = {
  p: [1.9665523e-8, 3.0535692e-5, 0.0052005723, 0.19947416, 1.4915965],
  q: [1.1489258e-6, 4.8795852e-4, 0.038545802, 0.6966725, 1.4915966],
  limit: 9,
}
export const ERF: Saturating = {
  p: [3.3488664e-6, 4.6069408e-4, 0.006026776, 0.084494293, 0.30430415, 1.8075241],
  q: [6.1914514e-5, 0.0018692794, 0.023964019, 0.18258105, 0.80363935, 1.6018766],
  limit: 3.85,
}

/**
 * Hands on some registers at a time, each with the function of it in another one, and one that is 1. Where the square is held at
 * its limit the quotient goes on beyond 1: of large numbers it is exactly -1 or 1. As many are taken together as there are
 * registers for, one at least, which takes four: each step of one waits for the one before.
 */
export function emitSaturating(
  m: Machine,
  { p, q, limit }: Saturating,
  registers: readonly Vec[],
  use: (xs: readonly Vec[], values: readonly Vec[], one: Vec) => void,
): void {
  const together = Math.max(1, Math.floor((m.free - 1) / 3))
  for (let from = 0; from < registers.length; from += together) {
    m.scope(() => {
      const spare = m.vec()
      const some = registers.slice(from, from + together).map((x) => ({ x, square: m.vec(), value: m.vec(), below: m.vec() }))
      const each = (constant: number, step: (one: (typeof some)[number]) => void) => {
        m.constant(spare, constant)
        some.forEach(step)
      }
      for (const { x, square } of some) m.times(square, x, x)
      each(limit ** 2, ({ square }) => m.min(square, square, spare))
      for (const { value, below } of some) {
        m.constant(value, p[0])
        m.constant(below, q[0])
      }
      for (let power = 1; power < p.length; power++) {
        each(p[power], ({ value, square }) => m.horner(value, square, spare))
        each(q[power], ({ below, square }) => m.horner(below, square, spare))
      }
      for (const { x, value } of some) m.times(value, value, x)
      for (const { value, below } of some) m.over(value, value, below)
      each(-1, ({ value }) => m.max(value, value, spare))
      each(1, ({ value }) => m.min(value, value, spare))
      use(
        some.map(({ x }) => x),
        some.map(({ value }) => value),
        spare,
      )
    })
  }
}

/** Each times a number. */
export function emitScaled(m: Machine, registers: readonly Vec[], by: number): void {
  m.scope(() => {
    const factor = m.vec()
    m.constant(factor, by)
    for (const x of registers) m.times(x, x, factor)
  })
}
