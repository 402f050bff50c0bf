// Known answers: small convolutions, and the bits that every fused tier gives for them.
import { type ConvDescriptor, describeConv } from './conv/descriptor.ts'
import type { ConvOptions } from './conv/options.ts'
import type { MachineTraits } from './isa/machine.ts'
import type { TierName } from './isa/tiers.ts'
import type { Kernel } from './kernels/kernel.ts'
import { KERNELS } from './kernels/registry.ts'
import { scalar } from './kernels/scalar.ts'
import { LocalLayer, type Workspace } from './local.ts'
import { Tensor } from './tensor/tensor.ts'

export interface KnownAnswer {
  readonly x: readonly number[]
  readonly weight: readonly number[]
  readonly options: ConvOptions
  /** The only kernel that is tried on it; all that take it where none is named. */
  readonly of?: string
  /**
   * Checksums of what each kernel gives on the relaxed tier, or on that of its own, so that no start has to compile that beside
   * another. Where a kernel sums in another order they change: the tests have them all.
   */
  readonly bits: Readonly<Record<string, string>>
}

/** Between them they take every kernel, through full tiles, narrow tiles, padding, stride and groups. Every start waits for them. */
export const KNOWN: readonly KnownAnswer[] = [
  {
    x: [1, 19, 11, 13],
    weight: [9, 19, 3, 3],
    options: { padding: 1 },
    bits: {
      'f32-winograd-4x4-3x3': '059536bcd13a8837',
      'f32-winograd-2x2-3x3': 'c8d19aae55491dbf',
      'f32-matrix': '3a6c3abca0850eb6',
      'f32-planes': '848416c924252dd3',
      'f32-broadcast': '74d1f1a1a5c809b9',
      'f32-direct': '74d1f1a1a5c809b9',
    },
  },
  {
    x: [1, 6, 17, 16],
    weight: [14, 3, 3, 3],
    options: { padding: 1, stride: 2, groups: 2 },
    bits: {
      'f32-winograd-4x4-3x3-s2': '4f0a2e1b905ce3f1',
      'f32-winograd-2x2-3x3-s2': '3706fd4d64483377',
      'f32-matrix': '9eeff2440462cce0',
      'f32-planes': '5565cbb7a3bf1759',
      'f32-broadcast': '29b1c8d487067f9e',
      'f32-direct': '29b1c8d487067f9e',
    },
  },
  {
    x: [1, 21, 9, 8],
    weight: [13, 21, 1, 1],
    options: {},
    bits: {
      'f32-pointwise': '45ad07f032287628',
      'f32-matrix': 'e7fea6d2450d8a58',
      'f32-broadcast': '45ad07f032287628',
      'f32-direct': '45ad07f032287628',
    },
  },
  {
    x: [1, 5, 9, 33],
    weight: [5, 1, 3, 3],
    options: { padding: 1, stride: 2, groups: 5 },
    bits: {
      'f32-depthwise': 'a4fab839227da1c3',
      'f32-winograd-4x4-3x3-s2': 'c9df604e26db21a1',
      'f32-winograd-2x2-3x3-s2': 'a15a7cd7155a6c22',
      'f32-broadcast': '2b26c4c355638582',
      'f32-direct': '2b26c4c355638582',
    },
  },
  {
    x: [1, 8, 12, 12],
    weight: [8, 1, 3, 3],
    options: { padding: 1, groups: 8, activation: 'hardSwish' },
    bits: {
      'f32-depthwise': '516d913fa2ff81cd',
      'f32-winograd-4x4-3x3': '1be56d17d87f0aae',
      'f32-winograd-2x2-3x3': '9ad8d5e15a3c69a6',
      'f32-broadcast': '516d913fa2ff81cd',
      'f32-direct': '516d913fa2ff81cd',
    },
  },
  // Three lines of the matrix unit by two blocks of channels, in more steps than are summed at a stretch.
  {
    x: [1, 577, 5, 8],
    weight: [37, 577, 1, 1],
    options: {},
    of: 'f32-matrix',
    bits: { 'f32-matrix': '29a19d6930b889f8' },
  },
  // Two blocks of channels side by side, and some lanes of a third.
  {
    x: [1, 21, 3, 2],
    weight: [131, 21, 3, 2],
    options: {},
    of: 'f32-gemv',
    bits: { 'f32-gemv': '19d5c4803be8c1e5' },
  },
  {
    x: [1, 3, 9, 10],
    weight: [4, 3, 5, 5],
    options: { padding: 2 },
    bits: {
      'f32-winograd-4x4-5x5': '8e28f6d7d60bea60',
      'f32-matrix': 'e122937036a56138',
      'f32-planes': 'd151fe625e5d5a39',
      'f32-broadcast': '65f849ba5448a2c3',
      'f32-direct': '65f849ba5448a2c3',
    },
  },
  // Winograd's kinds: of few tiles, by phases of the stride, of a row and of a column.
  {
    x: [1, 5, 7, 6],
    weight: [18, 5, 3, 3],
    options: { padding: 1 },
    of: 'f32-winograd-4x4-3x3',
    bits: { 'f32-winograd-4x4-3x3': '610fe797205d03f3' },
  },
  {
    x: [1, 2, 15, 16],
    weight: [3, 2, 7, 7],
    options: { padding: 3, stride: 2 },
    of: 'f32-winograd-4x4-7x7-s2',
    bits: { 'f32-winograd-4x4-7x7-s2': 'bc15cf553a6fbd34' },
  },
  {
    x: [1, 3, 2, 21],
    weight: [4, 3, 1, 3],
    options: {},
    of: 'f32-winograd-1x4-1x3',
    bits: { 'f32-winograd-1x4-1x3': 'de55996af8e6c08f' },
  },
  {
    x: [1, 3, 9, 18],
    weight: [4, 3, 3, 1],
    options: {},
    of: 'f32-winograd-4x1-3x1',
    bits: { 'f32-winograd-4x1-3x1': 'a239fd7b75767b2c' },
  },
]

/** The kernels that are tried on a known answer, on machines of such traits. */
export function triedOn({ of }: KnownAnswer, d: ConvDescriptor, traits: MachineTraits): Kernel[] {
  return KERNELS.filter((one) => one !== scalar && (of ?? one.name) === one.name && one.refuses(d, traits) === null)
}

/** What a kernel gives for the convolution of a known answer; the one that is chosen there unless it is named. */
export function answerOf(d: ConvDescriptor, tier: TierName | Workspace, kernel?: string): Float32Array {
  return resultOf(d, operandsOf(d), tier, kernel)
}

/** The largest sum of |x| |w| there, which errors are a part of. */
export function magnitudeOf({ x, weight, options }: KnownAnswer): number {
  const d = describeConv(x, weight, true, { ...options, activation: 'none' })
  const sizes = operandsOf(d).map(({ data, shape }) => new Tensor(data.map(Math.abs), shape))
  return resultOf(d, sizes, 'scalar').reduce((most, sum) => Math.max(most, sum), 0)
}

function operandsOf(d: ConvDescriptor): Tensor<Float32Array>[] {
  return [pattern(d.xShape, 3), pattern(d.weightShape, 5), pattern([d.oc], 7)]
}

function resultOf(
  d: ConvDescriptor,
  [x, weight, bias]: readonly Tensor<Float32Array>[],
  tier: TierName | Workspace,
  kernel?: string,
): Float32Array {
  const y = new Float32Array(d.yShape.reduce((size, extent) => size * extent, 1))
  new LocalLayer(d, weight, bias, { tier, kernel }).run(x.data, y)
  return y
}

/** 64 bits that all bits of the numbers have a part in, in hexadecimal; 0 and -0 are the same, as they are equal. */
export function checksum(numbers: Float32Array): string {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length)
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (const word of words) {
    const value = word === 0x80000000 ? 0 : word
    a = Math.imul(a ^ value, 0x9e3779b1)
    a ^= a >>> 15
    b = Math.imul(b ^ value, 0x5f356495)
    b ^= b >>> 13
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

/** Numbers between -1 and 1 that are not exact in binary. */
export function pattern(shape: readonly number[], step: number): Tensor<Float32Array> {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return new Tensor(
    new Float32Array(size).map((_, i) => ((i * step) % 23) / 11.5 - 0.93),
    shape,
  )
}
