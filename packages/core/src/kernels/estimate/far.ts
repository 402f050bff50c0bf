// What memory beyond a core's second cache costs, in any kernel.
import type { ConvDescriptor } from '../../conv/descriptor.ts'

/** Microseconds of a byte that comes from there or goes there, and bytes of a convolution that stay nearer. */
const [BYTE, NEAR_BYTES] = [26e-6, 1.5e6]

/**
 * Microseconds of an item's input rows that are read, output and weights.
 * @param more bytes that a kernel moves. @param weights floats of them as they are packed
 */
export function farTime(d: ConvDescriptor, more = 0, weights = d.oc * (d.ic / d.groups) * liveTaps(d)): number {
  const read = d.transposed ? 1 : Math.min(1, d.kernel[1] / d.stride[1])
  const floats = read * d.ic * area(d.input) + d.oc * area(d.output) + weights
  return BYTE * Math.max(0, 4 * floats + more - NEAR_BYTES)
}

/** Microseconds that a pointwise convolution may save as one step with its neighbours: its pixels are kept nearer there. */
export function nearTime({ ic, oc, output }: ConvDescriptor): number {
  return BYTE * Math.min(NEAR_BYTES, 4 * (ic + oc) * area(output))
}

/** Taps that meet the picture for some output, of those that lie side by side. */
function liveTaps({ kernel, input, output }: ConvDescriptor): number {
  return area(kernel.map((taps, axis) => Math.min(taps, input[axis] + output[axis] - 1)))
}

export function area([depth, height, width]: readonly number[]): number {
  return depth * height * width
}
