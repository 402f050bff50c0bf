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
  sigmoid: (m, registers) => {
    const spare = fourOf(m)
    for (const y of registers) {
      const gate = emitGate(m, y, spare)
      m.constant(y, 0.5)
      m.times(y, y, gate)
    }
  },
  silu: (m, registers) => {
    const spare = fourOf(m)
    for (const y of registers) {
      const gate = emitGate(m, y, spare)
      m.times(y, y, gate)
    }
  },
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

type Four = readonly [Vec, Vec, Vec, Vec]

function fourOf(m: Machine): Four {
  return [m.vec(), m.vec(), m.vec(), m.vec()]
}

/**
 * Halves y, and gives twice its sigmoid, 1 + tanh(y / 2), in one of the spare registers. Where the square is held at its limit the
 * quotient goes on beyond 1: of large numbers the sum is exactly 0 or 2. What should vanish does, and -Infinity times it is NaN.
 */
function emitGate(m: Machine, y: Vec, [square, tanh, bottom, spare]: Four): Vec {
  m.constant(spare, 0.5)
  m.times(y, y, spare)
  m.times(square, y, y)
  m.constant(spare, TANH_SQUARE_LIMIT)
  m.min(square, square, spare)
  horner(m, TANH_P, square, tanh, spare)
  m.times(tanh, tanh, y)
  horner(m, TANH_Q, square, bottom, spare)
  m.over(tanh, tanh, bottom)
  m.constant(spare, -1)
  m.max(tanh, tanh, spare)
  m.constant(spare, 1)
  m.min(tanh, tanh, spare)
  m.plus(tanh, tanh, spare)
  return tanh
}

/** Emits the polynomial of even degree, highest coefficient first, into `sum`. */
function horner(m: Machine, coefficients: readonly number[], x: Vec, sum: Vec, spare: Vec): void {
  let [from, to] = [sum, spare]
  m.constant(from, coefficients[0])
  for (const coefficient of coefficients.slice(1)) {
    m.constant(to, coefficient)
    m.madd(to, from, x)
    ;[from, to] = [to, from]
  }
}
