// An axis as Winograd's tiles lie on it: dilated by d it is d undilated ones, whose tiles take turns.
import type { ConvDescriptor } from '../../conv/descriptor.ts'

/** Tiles of m outputs each, a dilation apart. They are numbered by periods of `m dilation` outputs, and within one by their first. */
export interface Axis {
  readonly m: number
  readonly dilation: number
  readonly input: number
  readonly output: number
  /** Pixels of padding before the input. */
  readonly before: number
  /** Outputs of a period, and of one tile the inputs that are read from its first to its last. */
  readonly period: number
  readonly reach: number
  readonly tiles: number
}

/** Height (1) or width (2) of a convolution of stride 1; a transposed one reads its taps backwards. */
export function axisOf(d: ConvDescriptor, m: number, axis: 1 | 2): Axis {
  const [input, output, dilation, kernel] = [d.input, d.output, d.dilation, d.kernel].map((axes) => axes[axis])
  const period = m * dilation
  const tiles = Math.floor(output / period) * dilation + Math.min(dilation, output % period)
  const reach = (m + kernel - 2) * dilation + 1
  return { m, dilation, input, output, before: beforeOf(d, axis), period, reach, tiles }
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
