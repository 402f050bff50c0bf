// The activations as machine code, applied to a register in place.
import type { ActivationKind } from '../conv/activation.ts'
import type { Machine, Vec } from '../isa/machine.ts'

/** Emits y = activation(y) on each register. `alpha` and `beta` are the indices of the activation's parameters in the argument block. */
export function emitActivation(m: Machine, kind: ActivationKind, registers: readonly Vec[], alpha: number, beta: number): void {
  if (kind === 'none') return
  m.scope(() => EMITTERS[kind](m, registers, alpha, beta))
}

/** Registers that `emitActivation` takes beside those that it changes. */
export function activationRegisters(kind: ActivationKind): number {
  return { none: 0, relu: 1, relu6: 2, clip: 2, leakyRelu: 3, hardSwish: 2, sigmoid: 4, silu: 4 }[kind]
}

type Emitter = (m: Machine, registers: readonly Vec[], alpha: number, beta: number) => void

const EMITTERS: Record<Exclude<ActivationKind, 'none'>, Emitter> = {
  relu: (m, registers) => {
    const zero = m.vec()
    m.constant(zero, 0)
    for (const y of registers) m.max(y, y, zero)
  },
  relu6: clip,
  clip,
  leakyRelu: (m, registers, alpha) => {
    const [slope, zero, low] = [m.vec(), m.vec(), m.vec()]
    m.argFloat(slope, alpha)
    // Below 0: what is added to the product must not take the sign of a product that is 0.
    m.constant(zero, -0)
    for (const y of registers) {
      m.min(low, y, zero)
      m.times(low, low, slope)
      m.max(y, y, zero)
      m.plus(y, y, low)
    }
  },
  hardSwish: (m, registers) => {
    const [gate, bound] = [m.vec(), m.vec()]
    for (const y of registers) {
      m.constant(bound, 3)
      m.plus(gate, y, bound)
      m.constant(bound, 0)
      m.max(gate, gate, bound)
      m.constant(bound, 6)
      m.min(gate, gate, bound)
      m.constant(bound, 1 / 6)
      m.times(gate, gate, bound)
      m.times(y, y, gate)
    }
  },
  sigmoid: (m, registers) =>
    emitGates(m, registers, (y, gate, spare) => {
      m.constant(spare, 0.5)
      m.times(y, gate, spare)
    }),
  silu: (m, registers) => emitGates(m, registers, (y, gate) => m.times(y, y, gate)),
}

function clip(m: Machine, registers: readonly Vec[], alpha: number, beta: number): void {
  const [low, high] = [m.vec(), m.vec()]
  m.argFloat(low, alpha)
  m.argFloat(high, beta)
  for (const y of registers) {
    m.max(y, y, low)
    m.min(y, y, high)
  }
}

// tanh(x) on |x| <= 9 as x p(x^2) / q(x^2): a minimax rational of our own, 1.9e-8 from it, and 2.5e-7 as float32 computes it.
const TANH_P = [1.9665523e-8, 3.0535692e-5, 0.0052005723, 0.19947416, 1.4915965]
const TANH_Q = [1.1489258e-6, 4.8795852e-4, 0.038545802, 0.6966725, 1.4915966]
const TANH_SQUARE_LIMIT = 81

/**
 * Halves each y, and hands it on with twice its sigmoid, 1 + tanh(y / 2). Where the square is held at its limit the quotient goes on
 * beyond 1: of large numbers the sum is exactly 0 or 2. What should vanish does, and -Infinity times it is NaN. As many are taken
 * together as there are registers for: each step waits for the one before.
 */
function emitGates(m: Machine, registers: readonly Vec[], use: (y: Vec, gate: Vec, spare: Vec) => void): void {
  const together = Math.max(1, Math.floor((m.free - 1) / 3))
  for (let from = 0; from < registers.length; from += together) {
    m.scope(() => {
      const spare = m.vec()
      const gates = registers.slice(from, from + together).map((y) => ({ y, square: m.vec(), tanh: m.vec(), bottom: m.vec() }))
      const each = (constant: number, step: (of: (typeof gates)[number]) => void) => {
        m.constant(spare, constant)
        gates.forEach(step)
      }
      each(0.5, ({ y }) => m.times(y, y, spare))
      for (const { y, square } of gates) m.times(square, y, y)
      each(TANH_SQUARE_LIMIT, ({ square }) => m.min(square, square, spare))
      for (const { tanh, bottom } of gates) {
        m.constant(tanh, TANH_P[0])
        m.constant(bottom, TANH_Q[0])
      }
      for (let power = 1; power < TANH_P.length; power++) {
        each(TANH_P[power], ({ tanh, square }) => m.horner(tanh, square, spare))
        each(TANH_Q[power], ({ bottom, square }) => m.horner(bottom, square, spare))
      }
      for (const { y, tanh } of gates) m.times(tanh, tanh, y)
      for (const { tanh, bottom } of gates) m.over(tanh, tanh, bottom)
      each(-1, ({ tanh }) => m.max(tanh, tanh, spare))
      each(1, ({ tanh }) => m.min(tanh, tanh, spare))
      for (const { tanh } of gates) m.plus(tanh, tanh, spare)
      for (const { y, tanh } of gates) use(y, tanh, spare)
    })
  }
}
