// The scalar kernel: any convolution, in plain TypeScript; the last resort, and what the others are verified against.
import { activate } from '../conv/activation.ts'
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { sourceIndex } from '../conv/output-shape.ts'
import { estimateScalar } from './estimate/scalar.ts'
import type { Bindings, Kernel, Plan } from './kernel.ts'
import { flush, weightStrides } from './pack.ts'

export const scalar: Kernel = {
  name: 'f32-scalar',
  error: 1e-5,
  refuses: () => null,
  order: () => 'scalar',
  estimate: estimateScalar,

  plan: (d, traits): Plan => ({
    kernel: 'f32-scalar',
    descriptor: d,
    traits,
    steps: [{ name: 'compute', units: d.oc * d.output[0] * d.output[1] }],
    macs: ((d.oc * d.ic) / d.groups) * [0, 1, 2].reduce((product, axis) => product * livePairs(d, axis), 1),
    packedBytes: 4 * (d.oc + ((d.oc * d.ic) / d.groups) * weightStrides(d).taps),
    sharedBytes: 0,
    privateBytes: 0,
  }),

  costs: (plan, step) => new Float64Array(plan.steps[step].units).fill(1),
  functions: () => [],

  pack(plan, weight, bias, memory, offset) {
    const floats = new Float32Array(memory, offset, plan.packedBytes / 4)
    const { oc } = plan.descriptor
    for (let channel = 0; channel < oc; channel++) floats[channel] = bias === null ? 0 : flush(bias[channel])
    weight.forEach((value, index) => {
      floats[oc + index] = flush(value)
    })
  },

  runner(plan, _, memory) {
    const floats = new Float32Array(memory)
    const [, oh] = plan.descriptor.output
    const rowsPerChannel = plan.descriptor.output[0] * oh
    return (_step, begin, end, at, cancelled) => {
      for (let unit = begin; unit < end; unit++) {
        if (cancelled()) return false
        const row = unit % rowsPerChannel
        computeRow(plan, floats, at, Math.floor(unit / rowsPerChannel), Math.floor(row / oh), row % oh)
      }
      return true
    }
  },
}

/** Output row (oc, od, oh): channels, then taps; rounded to float32 after every operation, as vectors without fusion do. */
function computeRow(plan: Plan, floats: Float32Array, at: Bindings, oc: number, od: number, oh: number): void {
  const d = plan.descriptor
  const [depth, height, width] = d.input
  const [kd, kh, kw] = d.kernel
  const [outDepth, outHeight, outWidth] = d.output
  const strides = weightStrides(d)
  const icPerGroup = d.ic / d.groups
  const firstChannel = Math.floor(oc / (d.oc / d.groups)) * icPerGroup
  const weights = at.packed / 4 + d.oc + strides.channelOffset(oc)
  const line = ((oc * outDepth + od) * outHeight + oh) * outWidth
  const [y, residual] = [at.y / 4 + line, at.residual / 4 + line]
  for (let ow = 0; ow < outWidth; ow++) {
    let sum = floats[at.packed / 4 + oc]
    for (let ic = 0; ic < icPerGroup; ic++) {
      const plane = at.x / 4 + (firstChannel + ic) * depth * height * width
      for (let a = 0; a < kd; a++) {
        const z = inputIndex(d, 0, od, a)
        if (z < 0) continue
        for (let b = 0; b < kh; b++) {
          const row = inputIndex(d, 1, oh, b)
          if (row < 0) continue
          for (let c = 0; c < kw; c++) {
            const col = inputIndex(d, 2, ow, c)
            if (col < 0) continue
            const pixel = floats[plane + (z * height + row) * width + col]
            const weight = floats[weights + ic * strides.ic + (a * kh + b) * kw + c]
            sum = Math.fround(sum + Math.fround(pixel * weight))
          }
        }
      }
    }
    if (d.residual) sum = Math.fround(sum + floats[residual + ow])
    floats[y + ow] = activate(sum, d.activation)
  }
}

/** The input pixel of an axis that output pixel `out` multiplies with `tap`, or -1. */
function inputIndex(d: ConvDescriptor, axis: number, out: number, tap: number): number {
  const [n, stride, dilation, before] = [d.input[axis], d.stride[axis], d.dilation[axis], d.before[axis]]
  if (!d.transposed) return sourceIndex(out * stride + tap * dilation - before, n, d.paddingMode)
  const reach = out + before - tap * dilation
  return reach % stride === 0 ? sourceIndex(reach / stride, n, 'zeros') : -1
}

/** Pairs of an output pixel and a tap that meet an input pixel. */
function livePairs(d: ConvDescriptor, axis: number): number {
  let pairs = 0
  for (let out = 0; out < d.output[axis]; out++) {
    for (let tap = 0; tap < d.kernel[axis]; tap++) if (inputIndex(d, axis, out, tap) >= 0) pairs++
  }
  return pairs
}
