// What a problem is run on: numbers that are the same each time, and the options that the engine wants.
import { type ConvDescriptor, type FloatTensor, sizeOf, Tensor } from '@weft/core'
import type { ConvParams, ConvTransposeParams } from '@weft/parallel'

export interface Operands {
  readonly params: ConvParams & ConvTransposeParams
  /** Inputs of the problem; items of a batch take them in turn, so that one taken for its neighbour is noticed. */
  readonly inputs: readonly Float32Array[]
}

const INPUTS = 2

export function operandsOf(d: ConvDescriptor): Operands {
  const axes = (values: readonly number[]) => values.slice(3 - d.rank)
  const after = axes(d.after)
  const weight = filled(d.weightShape, 1)
  return {
    params: {
      weight,
      bias: d.bias ? filled([d.oc], 2) : null,
      stride: axes(d.stride),
      dilation: axes(d.dilation),
      groups: d.groups,
      padding: axes(d.before).map((before, axis): [number, number] => [before, after[axis]]),
    },
    inputs: Array.from({ length: INPUTS }, (_, index) => filled(d.xShape, 3 + index).data),
  }
}

/** Numbers from -1 to 1, never subnormal: a linear congruential sequence. */
export function filled(shape: readonly number[], seed: number): FloatTensor {
  const data = new Float32Array(sizeOf(shape))
  let state = Math.imul(seed, 0x9e3779b1) | 1
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    data[index] = (state >> 8) / 2 ** 23
  }
  return new Tensor(data, shape)
}

/** In a sentence, where two results differ in their bits; null where they do not. */
export function difference(found: Float32Array, expected: Float32Array): string | null {
  if (Buffer.compare(bytesOf(found), bytesOf(expected)) === 0) return null
  const [left, right] = [bitsOf(found), bitsOf(expected)]
  const at = right.findIndex((bits, index) => bits !== left[index])
  const count = right.reduce((sum, bits, index) => sum + (bits === left[index] ? 0 : 1), 0)
  return `${count} of ${right.length} numbers differ from one thread's, first number ${at}: ${found[at]}, not ${expected[at]}`
}

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
}
function bitsOf(floats: Float32Array): Int32Array {
  return new Int32Array(floats.buffer, floats.byteOffset, floats.length)
}
