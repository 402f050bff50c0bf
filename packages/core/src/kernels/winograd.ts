// Winograd's convolution: tiles of m x m outputs of an r x r kernel from (m + r - 1)^2 products instead of m^2 r^2.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { epilogueOf } from './epilogue.ts'
import { estimateWinograd } from './estimate/winograd.ts'
import type { Kernel } from './kernel.ts'
import { unitAt } from './range.ts'
import { inputFunction } from './winograd/input.ts'
import { multiplyFunction } from './winograd/multiply.ts'
import { outputFunction } from './winograd/output.ts'
import { packWinograd } from './winograd/pack.ts'
import { aloneUnit, planWinograd, shapeOfChunk, sharedUnit, type WinogradPlan } from './winograd/plan.ts'
import { transformOf } from './winograd/points.ts'
import { convolver, multiplyStep, transformStep } from './winograd/run.ts'

/** F(m x m, r x r) that there are. */
export const WINOGRADS = [
  [4, 3],
  [2, 3],
  [4, 5],
] as const

export function winogradName(m: number, r: number): string {
  return `f32-winograd-${m}x${m}-${r}x${r}`
}

/**
 * F(m x m, r x r). Measured against the oracle, with noise of one size in 1 to 512 channels: off by at most 5e-6 of the sum of an
 * output's |x| |w| for F(4x4, 3x3), 1e-6 for F(2x2, 3x3), 2e-5 for F(4x4, 5x5); with pixels of very different sizes by at most
 * 1e-5 of the largest such sum in the tile.
 */
export function winograd(m: number, r: number): Kernel<WinogradPlan> {
  const t = transformOf(m, r)
  const name = winogradName(m, r)
  return {
    name,
    error: 1e-4,
    errsIn: m,

    refuses(d, traits) {
      if (traits.lanes === 1) return 'the scalar tier has no vectors'
      return misfit(d, r)
    },

    order: () => name,
    estimate: (d, traits) => estimateWinograd(d, t, traits),
    worth: 0.9,

    plan: (d, traits) => planWinograd(name, d, t, traits),

    costs(plan, step) {
      const { descriptor: d, blocks, steps } = plan
      return Float64Array.from({ length: steps[step].units }, (_, unit) => {
        if (!plan.alone && step === 0) return blocks[unitAt(unit, plan.icGrid).block].tiles
        const { chunk, block } = plan.alone ? aloneUnit(plan, unit) : sharedUnit(plan, unit)
        return Math.ceil(blocks[block].tiles / plan.traits.lanes) * chunk.rows * chunk.tiles * (d.ic / d.groups + 8)
      })
    },

    functions(plan) {
      const { transform, pitch, chunks, descriptor: d } = plan
      const shapes = new Map(chunks.map((chunk) => [chunk.rows, shapeOfChunk(plan, chunk)]))
      return [
        inputFunction(transform),
        ...[...shapes.values()].map(multiplyFunction),
        outputFunction(transform, pitch, epilogueOf(d)),
      ]
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

function misfit(d: ConvDescriptor, r: number): string | null {
  if (d.numerics === 'strict') return "numerics 'strict' was asked for"
  if (d.rank !== 2) return `the convolution is ${d.rank}-D, not 2-D`
  if (d.transposed) return 'the convolution is transposed'
  const axes = (values: readonly number[]) => values.slice(1).join('x')
  if (d.kernel[1] !== r || d.kernel[2] !== r) return `the kernel is ${axes(d.kernel)}, not ${r}x${r}`
  if (d.stride.some((s) => s !== 1)) return `the stride is ${axes(d.stride)}, not 1`
  if (d.dilation.some((s) => s !== 1)) return `the dilation is ${axes(d.dilation)}, not 1`
  if (d.paddingMode !== 'zeros') return `the padding is ${d.paddingMode}, not zeros`
  return null
}
