// The activations that a convolution can apply to its output, and their parameters.
import { WeftError } from '../errors.ts'

export const ACTIVATIONS = ['none', 'relu', 'relu6', 'leakyRelu', 'sigmoid', 'silu', 'hardSwish', 'clip'] as const
export type ActivationKind = (typeof ACTIVATIONS)[number]

/** A name, or a name with its parameters: `negativeSlope` of leakyRelu (0.01), `min` and `max` of clip. */
export type ActivationOption =
  | ActivationKind
  | { kind: 'leakyRelu'; negativeSlope?: number }
  | { kind: 'clip'; min?: number; max?: number }

/** A resolved activation. `alpha` and `beta`: the slope of leakyRelu, or the bounds of clip and relu6. */
export interface Activation {
  readonly kind: ActivationKind
  readonly alpha: number
  readonly beta: number
}

/** @throws OPTION for an unknown name or for bounds that are not in order. */
export function resolveActivation(option: ActivationOption = 'none'): Activation {
  const given: { kind: ActivationKind; negativeSlope?: number; min?: number; max?: number } =
    typeof option === 'string' ? { kind: option } : option
  if (!ACTIVATIONS.includes(given.kind)) {
    throw new WeftError('OPTION', `activation '${String(given.kind)}' is unknown; there are ${ACTIVATIONS.join(', ')}`)
  }
  if (given.kind === 'leakyRelu') return frozen('leakyRelu', given.negativeSlope ?? 0.01, 0)
  if (given.kind === 'relu6') return frozen('relu6', 0, 6)
  if (given.kind !== 'clip') return frozen(given.kind, 0, 0)
  return frozen('clip', given.min ?? Number.NEGATIVE_INFINITY, given.max ?? Number.POSITIVE_INFINITY)
}

function frozen(kind: ActivationKind, alpha: number, beta: number): Activation {
  if (Number.isNaN(alpha) || Number.isNaN(beta) || (kind === 'clip' && alpha > beta)) {
    throw new WeftError('OPTION', `activation ${kind} cannot have the parameters ${alpha} and ${beta}`)
  }
  return Object.freeze({ kind, alpha, beta })
}

/** The same convolution with another activation. @throws OPTION */
export function withActivation<D extends { readonly activation: Activation }>(descriptor: D, option: ActivationOption): D {
  return Object.freeze({ ...descriptor, activation: resolveActivation(option) })
}

/** x, but not below one bound nor above the other: a NaN stays, and so does the sign of a zero, which Math.max(-0, 0) loses. */
export function clamp(x: number, low: number, high: number): number {
  let y = x
  if (y < low) y = low
  if (y > high) y = high
  return y
}

/** The activation of one number, by its definition. */
export function activate(x: number, { kind, alpha, beta }: Activation): number {
  switch (kind) {
    case 'none':
      return x
    case 'relu':
      return clamp(x, 0, Number.POSITIVE_INFINITY)
    case 'relu6':
    case 'clip':
      return clamp(x, alpha, beta)
    case 'leakyRelu':
      return x < 0 ? x * alpha : x
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x))
    case 'silu':
      return x / (1 + Math.exp(-x))
    case 'hardSwish':
      return (x * Math.min(Math.max(x + 3, 0), 6)) / 6
  }
}
