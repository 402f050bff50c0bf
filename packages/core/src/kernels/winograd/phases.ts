// A convolution of stride 2 as one of stride 1: the phases of its picture are channels, and every second tap is one of theirs.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { beforeOf } from './axis.ts'

/** Pixels of every stride-th row and column, from these on. */
export interface Phase {
  readonly y: number
  readonly x: number
}

/** The phases of a stride that is the same for height and width. */
export function phasesOf({ stride: [, stride] }: ConvDescriptor): Phase[] {
  const each = Array.from({ length: stride }, (_, phase) => phase)
  return each.flatMap((y) => each.map((x) => ({ y, x })))
}

/** Rows or columns of `length` in a phase. */
export function phaseLength(length: number, stride: number, phase: number): number {
  return Math.ceil((length - phase) / stride)
}

/**
 * The convolution of stride 1 that it is over phases: of each group the channels of the first phase, then of the next; the size is
 * that of the longest, and taps that a phase has not are zeros.
 */
export function undivided(d: ConvDescriptor): ConvDescriptor {
  const [, stride] = d.stride
  if (stride === 1) return d
  const [part, [depth, height, width]] = [(n: number) => Math.ceil(n / stride), d.input]
  return {
    ...d,
    ic: d.ic * stride * stride,
    stride: [d.stride[0], 1, 1],
    kernel: [d.kernel[0], part(d.kernel[1]), part(d.kernel[2])],
    input: [depth, part(height), part(width)],
    before: [d.before[0], part(d.before[1]), part(d.before[2])],
  }
}

/** The tap of an axis that is tap `index` of a phase, -1 where the phase has none there. */
export function tapOf(d: ConvDescriptor, axis: 1 | 2, phase: number, index: number): number {
  const before = beforeOf(d, axis)
  const tap = d.stride[axis] * (index - Math.ceil(before / d.stride[axis])) + phase + before
  return tap >= 0 && tap < d.kernel[axis] ? tap : -1
}
