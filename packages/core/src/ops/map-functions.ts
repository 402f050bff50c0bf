// What the vector path of an elementwise operator emits between loads and store: one entry a function of one or two numbers.
import type { Machine, Vec } from '../isa/machine.ts'
import { emitActivation } from '../kernels/activate.ts'
import { ERF, emitSaturating, emitScaled, type Saturating, TANH } from '../kernels/saturating.ts'

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
  readonly emit: EmitMap
}

const two = (emit: (m: Machine, a: Vec, b: Vec) => void): MapFunction => ({
  operands: 2,
  emit: (m, a, b) => a.forEach((x, i) => emit(m, x, b[i])),
})
const activation = (kind: 'relu' | 'leakyRelu' | 'clip' | 'hardSwish' | 'sigmoid' | 'silu'): MapFunction => ({
  operands: 1,
  emit: (m, a, _, { p, q }) => emitActivation(m, kind, a, p, q),
})
const one = (emit: EmitMap): MapFunction => ({ operands: 1, emit })
const saturating = (f: Saturating): MapFunction =>
  one((m, a) => emitSaturating(m, f, a, (xs, values, unit) => xs.forEach((x, i) => m.times(x, values[i], unit))))

export const MAP_FUNCTIONS: Readonly<Record<string, MapFunction>> = {
  copy: one(() => {}),
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
  tanh: saturating(TANH),
  erf: saturating(ERF),
  // With z = x / the root of 2: x / 2 (1 + erf(z)) is z (1 + erf(z)) / the root of 2.
  gelu: one((m, a) => {
    emitScaled(m, a, Math.SQRT1_2)
    emitSaturating(m, ERF, a, (xs, values, unit) => {
      for (const value of values) m.plus(value, value, unit)
      m.constant(unit, Math.SQRT1_2)
      xs.forEach((x, i) => {
        m.times(values[i], values[i], unit)
        m.times(x, x, values[i])
      })
    })
  }),
  neg: one((m, a) => emitScaled(m, a, -1)),
  hardSigmoid: one((m, a, _, { p, q }) => {
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
