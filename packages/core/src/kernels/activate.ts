// The activations as machine code, applied to a register in place.
import type { ActivationKind } from '../conv/activation.ts'
import type { Machine, Vec } from '../isa/machine.ts'
import { emitSaturating, emitScaled, TANH } from './saturating.ts'

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
    emitGates(m, registers, (ys, gates) => {
      ys.forEach((y, i) => {
        m.constant(y, 0.5)
        m.times(y, y, gates[i])
      })
    }),
  silu: (m, registers) => emitGates(m, registers, (ys, gates) => ys.forEach((y, i) => m.times(y, y, gates[i]))),
}

/** Halves each y, and hands some of them on with twice the sigmoid of each, 1 + tanh(y / 2): exactly 0 or 2 of large numbers, so that what should vanish does. */
function emitGates(m: Machine, registers: readonly Vec[], use: (ys: readonly Vec[], gates: readonly Vec[]) => void): void {
  emitScaled(m, registers, 0.5)
  emitSaturating(m, TANH, registers, (ys, gates, one) => {
    for (const gate of gates) m.plus(gate, gate, one)
    use(ys, gates)
  })
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
