// A recipe: which convolution an input of a given shape gets, and what its outputs are joined to.
import { type ConvOptions, describeConv, effectiveKernel, formatShape, type Shape, WeftError } from '@weft/core'
import type { Channels } from '@weft/io'
import type { ConvParams } from '@weft/parallel'
import { type Preset, presetOperands } from './presets.ts'

/** What is to be done to one input. */
export interface Treatment {
  /** Inputs of one key share a prepared layer. */
  readonly key: string
  /** The shape that the input is seen as. */
  readonly x: Shape
  readonly params: ConvParams
  /** Whether each two output channels are one of the result, sqrt(a^2 + b^2). */
  readonly magnitude: boolean
}

export interface Recipe {
  /** For messages: `sobel`, `w.npy`. */
  readonly name: string
  /** How pictures are read. */
  readonly channels: Channels
  /** Channels of the result of a picture. */
  readonly pictureOutputs: number
  /** @throws SHAPE when it takes no such input. */
  treat(shape: Shape, picture: boolean): Treatment
}

const COUNTS: Readonly<Record<Channels, number>> = { gray: 1, rgb: 3, bgr: 3, rgba: 4 }

/** A preset, to each channel alone. The opacity of pictures read as rgba is kept as it is. */
export function presetRecipe(name: string, preset: Preset, options: ConvOptions, channels: Channels = 'rgb'): Recipe {
  const known = new Map<string, ConvParams>()
  const paramsOf = (count: number, keepLast: boolean): ConvParams => {
    const key = `${count} ${keepLast}`
    let params = known.get(key)
    if (params === undefined) {
      params = {
        padding: 'same',
        paddingMode: 'replicate',
        ...options,
        ...presetOperands(preset, count, keepLast),
        groups: count,
      }
      known.set(key, params)
    }
    return params
  }
  const treat = (shape: Shape, picture: boolean): Treatment => {
    if (shape.length < 2 || shape.length > 4) {
      const problem = `is no (H, W), (C, H, W) or (N, C, H, W); the kernel ${name} is of two dimensions`
      throw new WeftError('SHAPE', `shape ${formatShape(shape)} ${problem}`, { shape })
    }
    const x = shape.length === 2 ? [1, ...shape] : shape
    const keepLast = picture && channels === 'rgba'
    return { key: `${x} ${keepLast}`, x, params: paramsOf(x[x.length - 3], keepLast), magnitude: preset.filters.length === 2 }
  }
  const recipe = { name, channels, pictureOutputs: COUNTS[channels], treat }
  checkOptions(paramsOf(1, false), 1)
  return Object.freeze(recipe)
}

/** Weights of the user's own. An input without a channel axis is one channel. */
export function weightRecipe(name: string, params: ConvParams, channels?: Channels): Recipe {
  const { weight, groups = 1 } = params
  const rank = weight.rank - 2
  if (rank < 1 || rank > 3) {
    const problem = `has rank ${weight.rank}; give (out channels, in channels / groups, ...kernel) of rank 3, 4 or 5`
    throw new WeftError('SHAPE', `the weight ${name} ${formatShape(weight.shape)} ${problem}`, { weight: weight.shape })
  }
  const inputs = weight.shape[1] * groups
  checkOptions(params, inputs)
  const fitting = (Object.keys(COUNTS) as Channels[]).find((one) => COUNTS[one] === inputs)
  const treat = (shape: Shape): Treatment => {
    const x = shape.length === rank ? [1, ...shape] : shape
    return { key: String(x), x, params, magnitude: false }
  }
  return Object.freeze({ name, channels: channels ?? fitting ?? 'rgb', pictureOutputs: weight.shape[0], treat })
}

/** Finds what no input could make right, before any is read: one that just fits is described. */
function checkOptions(params: ConvParams, channels: number): void {
  const { weight, bias = null, dilation = 1, padding = 0 } = params
  const kernel = weight.shape.slice(2)
  const pads = typeof padding === 'string' ? [0] : [padding].flat(2)
  const size = kernel.map((taps, axis) => {
    const gap = typeof dilation === 'number' ? dilation : (dilation[axis] ?? 1)
    return Math.max(effectiveKernel(taps, gap), 1 + Math.max(...pads))
  })
  try {
    describeConv([channels, ...size], weight.shape, bias !== null, params)
  } catch (error) {
    if (!(error instanceof WeftError && error.code === 'TOO_LARGE')) throw error
  }
}
