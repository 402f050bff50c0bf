// What a convolution costs: multiply-accumulates, FLOPs, bytes.

import { sizeOf } from '../tensor/shape.ts'
import type { ConvDescriptor } from './descriptor.ts'

export interface ConvCost {
  /** Multiply-accumulates, padding counted as if it were multiplied: ci co kh kw mh mw / groups (Dive into Deep Learning 6.4). */
  readonly macs: number
  /** Multiplications and additions together: 2 a multiply-accumulate. */
  readonly flops: number
  /** Bytes of input, weights, residual and output, each moved once, in float32. */
  readonly bytes: number
  /** FLOPs a byte: above the machine's ratio the arithmetic bounds the layer, below it the memory does. */
  readonly intensity: number
}

export function costOf(d: ConvDescriptor): ConvCost {
  const taps = d.kernel[0] * d.kernel[1] * d.kernel[2]
  const [depth, height, width] = d.transposed ? d.input : d.output
  const macs = ((d.batch * d.ic * d.oc) / d.groups) * taps * depth * height * width
  const bytes = 4 * (sizeOf(d.xShape) + sizeOf(d.weightShape) + (d.residual ? 2 : 1) * sizeOf(d.yShape) + (d.bias ? d.oc : 0))
  return { macs, flops: 2 * macs, bytes, intensity: (2 * macs) / bytes }
}
