// The classes of layers that targets are set for. A layer counts in every class that it fits, a depthwise one in that alone.
import type { ConvDescriptor } from '@weft/core'

const SMALL_MAP = 7
const LARGE_MAP = 14

type Test = (d: ConvDescriptor) => boolean

const isDepthwise: Test = (d) => d.groups > 1 && d.groups === d.ic && !d.transposed
const isPlain: Test = (d) => d.groups === 1 && !d.transposed && d.dilation.every((step) => step === 1)
/** An ordinary 2-D convolution with a square kernel of so many pixels. */
const isSquare = (d: ConvDescriptor, size: number): boolean =>
  isPlain(d) && d.rank === 2 && d.kernel[1] === size && d.kernel[2] === size
const mapOf = (d: ConvDescriptor): number => Math.min(d.output[1], d.output[2])

const TESTS: Readonly<Record<string, Test>> = {
  '3x3': (d) => isSquare(d, 3) && d.stride.every((step) => step === 1) && mapOf(d) >= LARGE_MAP,
  '1x1': (d) => isPlain(d) && d.kernel.every((size) => size === 1),
  depthwise: isDepthwise,
  'maps of 7': (d) => isPlain(d) && d.rank === 2 && d.output[1] === SMALL_MAP && d.output[2] === SMALL_MAP,
  '5x5': (d) => isSquare(d, 5),
}
const OTHER = 'other'

export const CLASSES: readonly string[] = [...Object.keys(TESTS), OTHER]

export function classesOf(d: ConvDescriptor): string[] {
  const classes = Object.keys(TESTS).filter((name) => TESTS[name](d))
  return classes.length === 0 ? [OTHER] : classes
}
