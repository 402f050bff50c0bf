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
    for (const y of registers) emitSigmoid(m, y, y, spare)
  },
  silu: (m, registers) => {
    const spare = fourOf(m)
    for (const y of registers) {
      const gate = spare[1]
      emitSigmoid(m, gate, y, spare)
      // The gate is not quite 0 where it should be, and a large number would not vanish; -Infinity times 0 is NaN, as it has to be.
      m.constant(spare[0], 2 * TANH_LIMIT)
      m.plus(spare[0], spare[0], y)
      m.constant(spare[2], 0)
      m.max(spare[0], spare[0], spare[2])
      m.min(gate, gate, spare[0])
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

// tanh(x) on |x| <= 9 as x p(x^2) / q(x^2): the minimax rational that Eigen's ptanh uses, error under 4 ulp.
const TANH_P = [
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
  6.37261928875436e-4, 4.89352455891786e-3,
]
const TANH_Q = [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3]
const TANH_LIMIT = 9

type Four = readonly [Vec, Vec, Vec, Vec]

function fourOf(m: Machine): Four {
  return [m.vec(), m.vec(), m.vec(), m.vec()]
}

/** to = 1 / (1 + exp(-y)) = 0.5 + 0.5 tanh(y / 2); absolute error below 2e-7. `to` may be y, or the second of the spare registers. */
function emitSigmoid(m: Machine, to: Vec, y: Vec, [square, p, q, spare]: Four): void {
  m.constant(spare, 0.5)
  m.times(q, y, spare)
  m.constant(spare, TANH_LIMIT)
  m.min(q, q, spare)
  m.constant(spare, -TANH_LIMIT)
  m.max(q, q, spare)
  m.times(square, q, q)
  const top = horner(m, TANH_P, square, p, spare)
  m.times(top, q, top)
  const bottom = horner(m, TANH_Q, square, q, top === p ? spare : p)
  m.over(top, top, bottom)
  m.constant(square, 0.5)
  m.times(top, top, square)
  m.plus(top, top, square)
  // A logarithm of it may be next: rounding must not leave 0 to 1.
  m.constant(square, 0)
  m.max(top, top, square)
  m.constant(square, 1)
  m.min(to, top, square)
}

/** Emits the polynomial, highest coefficient first, and returns which of the two registers holds it. */
function horner(m: Machine, coefficients: readonly number[], x: Vec, first: Vec, second: Vec): Vec {
  let [sum, next] = [first, second]
  m.constant(sum, coefficients[0])
  for (const coefficient of coefficients.slice(1)) {
    m.constant(next, coefficient)
    m.madd(next, sum, x)
    ;[sum, next] = [next, sum]
  }
  return sum
}
