// One loop for each function of one number; written out, since a shared loop would call a function for every element.
import { clamp } from '../conv/activation.ts'
import { exp } from './exp.ts'
import type { OpStorage } from './op.ts'

/** out[at ... end) from x at the same places; `a` and `b` are the function's parameters. */
export type UnaryLoop = (out: OpStorage, x: OpStorage, at: number, end: number, a: number, b: number) => void

export const UNARY_LOOPS: Readonly<Record<string, UnaryLoop>> = {
  abs(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.abs(x[at])
  },
  neg(out, x, at, end) {
    for (; at < end; at++) out[at] = -x[at]
  },
  floor(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.floor(x[at])
  },
  ceil(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.ceil(x[at])
  },
  /** Halves to even. */
  round(out, x, at, end) {
    for (; at < end; at++) {
      const down = Math.floor(x[at])
      const rest = x[at] - down
      out[at] = rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1
    }
  },
  sign(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.sign(x[at])
  },
  sqrt(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.sqrt(x[at])
  },
  reciprocal(out, x, at, end) {
    for (; at < end; at++) out[at] = 1 / x[at]
  },
  exp(out, x, at, end) {
    for (; at < end; at++) out[at] = exp(x[at])
  },
  log(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.log(x[at])
  },
  sin(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.sin(x[at])
  },
  cos(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.cos(x[at])
  },
  tanh(out, x, at, end) {
    for (; at < end; at++) out[at] = Math.tanh(x[at])
  },
  erf(out, x, at, end) {
    for (; at < end; at++) out[at] = erf(x[at])
  },
  relu(out, x, at, end) {
    for (; at < end; at++) out[at] = clamp(x[at], 0, Number.POSITIVE_INFINITY)
  },
  /** a: the slope below 0. */
  leakyRelu(out, x, at, end, a) {
    for (; at < end; at++) out[at] = x[at] < 0 ? x[at] * a : x[at]
  },
  /** x where it is above a, else 0. */
  thresholdedRelu(out, x, at, end, a) {
    for (; at < end; at++) out[at] = x[at] > a ? x[at] : 0
  },
  /** a (e^x - 1) below 0. */
  elu(out, x, at, end, a) {
    for (; at < end; at++) out[at] = x[at] < 0 ? a * Math.expm1(x[at]) : x[at]
  },
  /** a (e^(x / a) - 1) below 0. */
  celu(out, x, at, end, a) {
    for (; at < end; at++) out[at] = x[at] < 0 ? a * Math.expm1(x[at] / a) : x[at]
  },
  /** b times (x, or a (e^x - 1) below 0). */
  selu(out, x, at, end, a, b) {
    for (; at < end; at++) out[at] = b * (x[at] > 0 ? x[at] : a * Math.expm1(x[at]))
  },
  sigmoid(out, x, at, end) {
    for (; at < end; at++) out[at] = 1 / (1 + exp(-x[at]))
  },
  silu(out, x, at, end) {
    for (; at < end; at++) out[at] = x[at] / (1 + exp(-x[at]))
  },
  /** a x + b between 0 and 1. */
  hardSigmoid(out, x, at, end, a, b) {
    for (; at < end; at++) out[at] = clamp(a * x[at] + b, 0, 1)
  },
  hardSwish(out, x, at, end) {
    for (; at < end; at++) out[at] = x[at] * Math.max(0, Math.min(1, x[at] / 6 + 0.5))
  },
  softplus(out, x, at, end) {
    for (; at < end; at++) out[at] = softplus(x[at])
  },
  softsign(out, x, at, end) {
    for (; at < end; at++) out[at] = x[at] / (1 + Math.abs(x[at]))
  },
  mish(out, x, at, end) {
    for (; at < end; at++) out[at] = x[at] * Math.tanh(softplus(x[at]))
  },
  gelu(out, x, at, end) {
    for (; at < end; at++) out[at] = 0.5 * x[at] * (1 + erf(x[at] * Math.SQRT1_2))
  },
  geluTanh(out, x, at, end) {
    const scale = Math.sqrt(2 / Math.PI)
    for (; at < end; at++) out[at] = 0.5 * x[at] * (1 + Math.tanh(scale * (x[at] + 0.044715 * x[at] ** 3)))
  },
  /** x held between a and b. */
  clip(out, x, at, end, a, b) {
    for (; at < end; at++) out[at] = clamp(x[at], a, b)
  },
  not(out, x, at, end) {
    for (; at < end; at++) out[at] = x[at] === 0 ? 1 : 0
  },
}

/** ln(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** The error function: its Maclaurin series near 0, a continued fraction of erfc beyond (Abramowitz and Stegun 7.1.5, 7.1.14). */
function erf(x: number): number {
  const size = Math.abs(x)
  if (size < 2) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-12 * Math.abs(sum); n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return (2 / Math.sqrt(Math.PI)) * sum
  }
  if (size > 6) return Math.sign(x)
  let fraction = size
  for (let k = 40; k > 0; k--) fraction = size + k / 2 / fraction
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction))
}
