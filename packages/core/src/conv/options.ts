// Options of a convolution as a caller writes them, resolved to one value an axis.
import { WeftError } from '../errors.ts'
import type { ActivationOption } from './activation.ts'
import type { PaddingMode } from './output-shape.ts'

/** One whole number for all axes, or one an axis. */
export type PerAxis = number | readonly number[]
/** A number, one an axis, [begin, end] pairs an axis, 'same' (output = ceil(input / stride)) or 'valid' (none). */
export type PaddingOption = PerAxis | readonly (readonly [number, number])[] | 'same' | 'valid'

/**
 * What a kernel may do to the sum of an output: 'strict', add its products one by one, so that sums that float32 holds are exact;
 * 'float32', also compute it from fewer products of sums of pixels and of weights (Winograd), with an error of up to 1e-4 of the
 * largest sum of |x| |w| in its tile of 2x2 or 4x4 outputs, where a NaN or infinity also spreads to the whole tile;
 * 'fast', also multiply numbers rounded to 16 significant bits, where there is a matrix unit.
 */
export const NUMERICS = ['fast', 'float32', 'strict'] as const
export type Numerics = (typeof NUMERICS)[number]

export interface ConvOptions {
  stride?: PerAxis
  padding?: PaddingOption
  paddingMode?: PaddingMode
  dilation?: PerAxis
  groups?: number
  activation?: ActivationOption
  /** 'fast' by default. */
  numerics?: Numerics
}

/** Operands beside x that are given anew with each run. */
export interface RunOperands {
  /** Whether a tensor of y's shape is added before the activation. */
  residual?: boolean
}

export interface ConvTransposeOptions extends Omit<ConvOptions, 'paddingMode' | 'padding'> {
  padding?: PerAxis | readonly (readonly [number, number])[]
  /** Extra rows and columns at the end of the output; smaller than the stride or the dilation. */
  outputPadding?: PerAxis
}

/** One value an axis. @throws OPTION when a value is not a whole number of at least `least`, SHAPE when their number is wrong. */
export function perAxis(name: string, option: PerAxis, rank: number, least: number): number[] {
  const values = typeof option === 'number' ? new Array<number>(rank).fill(option) : [...option]
  if (values.length !== rank) {
    throw new WeftError('SHAPE', `${name} has ${values.length} values for ${rank} spatial axes; give one number or one an axis`)
  }
  for (const value of values) checkInteger(name, value, least)
  return values
}

/** [begin, end] an axis, for explicit padding. */
export function paddingPairs(option: PerAxis | readonly (readonly [number, number])[], rank: number): [number, number][] {
  if (typeof option !== 'number' && option.length > 0 && typeof option[0] !== 'number') {
    const pairs = option as readonly (readonly [number, number])[]
    if (pairs.length !== rank) throw new WeftError('SHAPE', `padding has ${pairs.length} pairs for ${rank} spatial axes`)
    return pairs.map((pair) => {
      if (pair.length !== 2) throw new WeftError('OPTION', `padding pair [${pair.join(', ')}] must be [begin, end]`)
      for (const value of pair) checkInteger('padding', value, 0)
      return [pair[0], pair[1]]
    })
  }
  return perAxis('padding', option as PerAxis, rank, 0).map((value) => [value, value])
}

const LARGEST = 2 ** 20

export function checkInteger(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > LARGEST) {
    throw new WeftError('OPTION', `${name} is ${value}; it must be a whole number from ${least} to ${LARGEST}`, { [name]: value })
  }
}
