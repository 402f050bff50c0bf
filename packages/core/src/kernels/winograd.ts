// Winograd's convolution: tiles of m x m outputs of an r x r kernel from (m + r - 1)^2 products instead of m^2 r^2.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { estimateWinograd } from './estimate/winograd.ts'
import type { Kernel } from './kernel.ts'
import { unitAt } from './range.ts'
import { inputFunctions } from './winograd/factors.ts'
import { makersOf, multiplyOf, outputShapeOf } from './winograd/functions.ts'
import { outputFunction } from './winograd/output.ts'
import { packWinograd } from './winograd/pack.ts'
import { aloneUnit, planWinograd, sharedUnit, type WinogradPlan } from './winograd/plan.ts'
import { tileTransform } from './winograd/points.ts'
import { convolver, multiplyStep, transformStep } from './winograd/run.ts'

/** Outputs of a tile by taps of the kernel, height and width, and the stride of those that have taps to share: all that there are. */
export interface WinogradShape {
  readonly m: readonly [number, number]
  readonly r: readonly [number, number]
  readonly stride: number
  /** Input and output channels of a group, of which fewer take longer than is estimated. */
  readonly least: number
}
export const WINOGRADS: readonly WinogradShape[] = [
  ...[
    [4, 3, 1],
    [2, 3, 1],
    [4, 5, 1],
    [4, 3, 2, 16],
    [2, 3, 2, 16],
    [4, 4, 2],
    [2, 4, 2],
    [4, 5, 2, 2],
    [4, 7, 2],
  ].map(([m, r, stride, least = 1]): WinogradShape => ({ m: [m, m], r: [r, r], stride, least })),
  ...[
    [4, 3, 1],
    [4, 5, 1],
    [2, 7, 1],
    [4, 3, 2, 32],
    [4, 5, 2, 8],
  ].flatMap(([m, r, stride, least = 1]): WinogradShape[] => [
    { m: [1, m], r: [1, r], stride, least },
    { m: [m, 1], r: [r, 1], stride, least },
  ]),
]

/** How often as long, of too few channels: measured 1.2 to 2. */
const FEW = 1.8

/** Tiles that take turns in a row: a vector of the narrowest machine holds them. */
const MOST_DILATION = 4

/** Input channels of planes under an output of a volume: of fewer, where nothing can be asked for ahead, the transform back waits for memory. */
const LEAST_CHANNELS = 16

export function winogradName({ m, r, stride }: WinogradShape): string {
  return `f32-winograd-${m.join('x')}-${r.join('x')}${stride === 1 ? '' : `-s${stride}`}`
}

/**
 * F(m x m, r x r). Measured against the oracle, with noise of one size in 1 to 512 channels: off by at most 5e-6 of the sum of an
 * output's |x| |w| for F(4x4, 3x3), 1e-6 for F(2x2, 3x3), 2e-5 for F(4x4, 5x5); at stride 2 5e-6, 1e-6 for 2x2 outputs, 1e-5 for 7x7, 2e-6 for rows and columns; 1e-6 for
 * rows and columns of 3 taps and 5e-6 of 5 and 7; with pixels of very different sizes by at most 1e-5 of the largest such sum in the tile.
 */
export function winograd(shape: WinogradShape): Kernel<WinogradPlan> {
  const { m, r, stride, least } = shape
  const t = tileTransform(m, [Math.ceil(r[0] / stride), Math.ceil(r[1] / stride)])
  const name = winogradName(shape)
  return {
    name,
    error: 1e-4,
    errsIn: m,

    refuses(d, traits) {
      if (traits.lanes === 1) return 'the scalar tier has no vectors'
      return misfit(d, shape)
    },

    order: () => name,
    estimate: (d, traits) => estimateWinograd(d, t, traits) * (Math.min(d.ic, d.oc) / d.groups < least ? FEW : 1),
    worth: 0.9,

    plan: (d, traits, workers) => planWinograd(name, d, t, traits, workers),

    costs(plan, step) {
      const { undivided: d, blocks, steps } = plan
      return Float64Array.from({ length: steps[step].units }, (_, unit) => {
        if (!plan.alone && step === 0) {
          const { tiles, inputs } = blocks[unitAt(unit, plan.icGrid).block]
          return tiles * inputs
        }
        const { chunk, block } = plan.alone ? aloneUnit(plan, unit) : sharedUnit(plan, unit)
        const { tiles, planes } = blocks[block]
        const vectors = Math.ceil(tiles / plan.traits.lanes)
        return planes * vectors * chunk.rows * chunk.tiles * ((d.kernel[0] * d.ic) / d.groups + 8)
      })
    },

    functions(plan) {
      const multiply = new Map(plan.chunks.map((chunk) => [chunk.rows, multiplyOf(plan, chunk)]))
      return [...new Set(inputFunctions(plan)), ...makersOf(plan), ...multiply.values(), outputFunction(outputShapeOf(plan))]
    },

    pack: packWinograd,

    runner(plan, code, memory) {
      if (plan.alone) {
        const convolve = convolver(plan, code, memory)
        return (_, begin, end, at, cancelled) => convolve(begin, end, at, cancelled)
      }
      const [transform, multiply] = [transformStep(plan, code, memory), multiplyStep(plan, code, memory)]
      return (step, begin, end, at, cancelled) => (step === 0 ? transform : multiply)(begin, end, at, cancelled)
    },
  }
}

function misfit(d: ConvDescriptor, { r, stride }: WinogradShape): string | null {
  if (d.numerics === 'strict') return "numerics 'strict' was asked for"
  if (d.dilation[0] !== 1) return `planes are ${d.dilation[0]} apart, not 1`
  const channels = (d.ic / d.groups) * d.kernel[0]
  if (d.rank === 3 && channels < LEAST_CHANNELS)
    return `${channels} channels of planes under an output, fewer than ${LEAST_CHANNELS}, are too few for a volume`
  const axes = (values: readonly number[]) => values.slice(1).join('x')
  if (d.kernel[1] !== r[0] || d.kernel[2] !== r[1]) return `the kernel is ${axes(d.kernel)}, not ${r.join('x')}`
  const strides = r.map((taps) => (taps === 1 ? 1 : stride))
  if (strides.some((each, axis) => d.stride[axis + 1] !== each))
    return `the stride is ${axes(d.stride)}, not ${strides.join('x')}`
  if (stride > 1 && d.transposed) return 'the convolution is transposed and has a stride'
  if (stride > 1 && d.dilation[1] * d.dilation[2] > 1) return `the dilation is ${axes(d.dilation)}, and the stride not 1`
  if (d.transposed && d.stride[0] !== 1) return `the stride of a transposed convolution is ${d.stride[0]}, not 1`
  if (d.dilation[2] > MOST_DILATION) return `the dilation of the width is ${d.dilation[2]}, more than ${MOST_DILATION}`
  if (d.paddingMode !== 'zeros') return `the padding is ${d.paddingMode}, not zeros`
  return null
}
