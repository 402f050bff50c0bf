// What the vector path of an elementwise operator emits between loads and store: one entry a function of one or two numbers.
import type { Machine, Vec } from '../isa/machine.ts'
import { activationRegisters, emitActivation } from '../kernels/activate.ts'

/** Words of the argument block that hold the parameters of a function. */
export interface MapParams {
  readonly p: number
  readonly q: number
}

/** Leaves the results in `a`. `b` has the second numbers, one register for each of `a`, or for all the same. */
export type EmitMap = (m: Machine, a: readonly Vec[], b: readonly Vec[], params: MapParams) => void

/** A function of one or of two numbers, by the operator's name. */
export interface MapFunction {
  readonly operands: 1 | 2
  /** Registers that it takes beside those of its numbers. */
  readonly registers: number
  readonly emit: EmitMap
}

const two = (emit: (m: Machine, a: Vec, b: Vec) => void): MapFunction => ({
  operands: 2,
  registers: 0,
  emit: (m, a, b) => a.forEach((x, i) => emit(m, x, b[i])),
})
const activation = (kind: 'relu' | 'leakyRelu' | 'clip' | 'hardSwish' | 'sigmoid' | 'silu'): MapFunction => ({
  operands: 1,
  registers: activationRegisters(kind),
  emit: (m, a, _, { p, q }) => emitActivation(m, kind, a, p, q),
})
const one = (registers: number, emit: EmitMap): MapFunction => ({ operands: 1, registers, emit })

export const MAP_FUNCTIONS: Readonly<Record<string, MapFunction>> = {
  copy: one(0, () => {}),
  add: two((m, a, b) => m.plus(a, a, b)),
  sub: two((m, a, b) => m.minus(a, a, b)),
  mul: two((m, a, b) => m.times(a, a, b)),
  div: two((m, a, b) => m.over(a, a, b)),
  relu: activation('relu'),
  leakyRelu: activation('leakyRelu'),
  clip: activation('clip'),
  hardSwish: activation('hardSwish'),
  sigmoid: activation('sigmoid'),
  silu: activation('silu'),
  neg: one(1, (m, a) => {
    const [minus] = [m.vec()]
    m.constant(minus, -1)
    for (const x of a) m.times(x, x, minus)
  }),
  hardSigmoid: one(3, (m, a, _, { p, q }) => {
    const [slope, bound, y] = [m.vec(), m.vec(), m.vec()]
    m.argFloat(slope, p)
    for (const x of a) {
      m.argFloat(y, q)
      m.madd(y, x, slope)
      m.constant(bound, 1)
      m.min(y, y, bound)
      m.constant(bound, 0)
      m.max(x, y, bound)
    }
  }),
}
