// An axis as Winograd's tiles lie on it: dilated by d it is d undilated ones, whose tiles take turns; of stride s it has s phases, which are summed.
import type { ConvDescriptor } from '../../conv/descriptor.ts'

/** Tiles of m outputs each, a dilation apart. They are numbered by periods of `m dilation` outputs, and within one by their first. */
export interface Axis {
  readonly m: number
  readonly dilation: number
  readonly stride: number
  readonly output: number
  /** From the pixel at an output's place, which is a stride after that of the output before, to the first of any phase. */
  readonly first: number
  /** Outputs of a period, and of one tile the inputs that are read from its first to its last. */
  readonly period: number
  readonly reach: number
  readonly tiles: number
}

/** Every stride-th pixel, a filter's part that is summed over them, and how they lie to an output. */
export interface AxisPhase {
  /** From the pixel at an output's place to the one under the phase's first tap. */
  readonly at: number
  /** Whether it has as many taps as any phase; else the first is none. */
  readonly whole: boolean
}

/** Height (1) or width (2) of a convolution; a transposed one, of stride 1, reads its taps backwards. */
export function axisOf(d: ConvDescriptor, m: number, axis: 1 | 2): Axis {
  const [output, dilation, stride, kernel] = [d.output, d.dilation, d.stride, d.kernel].map((axes) => axes[axis])
  const period = m * dilation
  const tiles = Math.floor(output / period) * dilation + Math.min(dilation, output % period)
  const places = axisPhases(d, axis).map(({ at }) => at)
  const [first, last] = [Math.min(...places), Math.max(...places)]
  const reach = (m + Math.ceil(kernel / stride) - 2) * dilation * stride + last - first + 1
  return { m, dilation, stride, output, first, period, reach, tiles }
}

/** Those that lack a tap before the others. */
export function axisPhases(d: ConvDescriptor, axis: 1 | 2): AxisPhase[] {
  const [before, stride, taps] = [beforeOf(d, axis), d.stride[axis], d.kernel[axis]]
  const most = Math.ceil(taps / stride)
  const phases = Array.from({ length: stride }, (_, first): AxisPhase => {
    const count = Math.ceil((taps - first) / stride)
    return { at: first - before - stride * (most - count), whole: count === most }
  })
  return phases.reverse()
}

/** The tap of an axis that is tap `index` of a phase, -1 where the phase has none there. */
export function tapOf(d: ConvDescriptor, axis: 1 | 2, { at }: AxisPhase, index: number): number {
  return Math.max(-1, d.stride[axis] * index + at + beforeOf(d, axis))
}

/** Padding before an axis of the convolution that it is when its taps are read forwards. */
export function beforeOf(d: ConvDescriptor, axis: number): number {
  return d.transposed ? (d.kernel[axis] - 1) * d.dilation[axis] - d.before[axis] : d.before[axis]
}

/** The first output of a tile's period, and of the tile. */
export function periodOf({ dilation, period }: Axis, tile: number): number {
  return Math.floor(tile / dilation) * period
}
export function firstOf(axis: Axis, tile: number): number {
  return periodOf(axis, tile) + (tile % axis.dilation)
}

/** Outputs of a tile that there are. */
export function outputsOf(axis: Axis, tile: number): number {
  return Math.min(axis.m, Math.ceil((axis.output - firstOf(axis, tile)) / axis.dilation))
}
