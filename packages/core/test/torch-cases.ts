// The stored PyTorch cases: their operands by formula, their results from the file.
import { readFileSync } from 'node:fs'
import { type ConvDescriptor, describeConv, describeConvTranspose, type FloatTensor, sizeOf, Tensor } from '@weft/core'

interface RawCase {
  name: string
  kind: 'conv' | 'convTranspose'
  x: number[]
  weight: number[]
  bias: boolean
  stride: number[]
  padding: number[] | [number, number][] | 'same' | 'valid'
  paddingMode: 'zeros' | 'reflect' | 'replicate' | 'circular'
  dilation: number[]
  groups: number
  outputPadding?: number[]
  activation: 'none' | 'relu' | 'relu6' | 'leakyRelu' | 'sigmoid' | 'hardSwish' | 'clip'
  negativeSlope?: number
  min?: number
  max?: number
  seeds: { x: number; weight: number; bias: number }
  offset: number
  shape: number[]
}

export interface TorchCase {
  name: string
  descriptor: ConvDescriptor
  x: FloatTensor
  weight: FloatTensor
  bias: FloatTensor | null
  expected: FloatTensor
  /** Operands are small eighths, so every sum is exact whatever its order; sigmoid and hardSwish round. */
  exact: boolean
}

/** Multiples of 1/8 from -1 to 1, by the formula of make_torch.py. */
export function eighths(shape: readonly number[], seed: number): FloatTensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    let h = Math.imul(i ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b)
    h ^= h >>> 13
    h = Math.imul(h, 0xc2b2ae35)
    h ^= h >>> 16
    return (((h >>> 0) % 17) - 8) / 8
  })
  return new Tensor(data, shape)
}

export function torchCases(): TorchCase[] {
  const file = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
  const bytes = file('torch-results.bin')
  const results = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  return (JSON.parse(file('torch-cases.json').toString()) as RawCase[]).map((raw) => {
    const oc = raw.kind === 'conv' ? raw.weight[0] : raw.weight[1] * raw.groups
    const { stride, dilation, groups } = raw
    const common = { stride, dilation, groups, activation: activationOf(raw) }
    const descriptor =
      raw.kind === 'conv'
        ? describeConv(raw.x, raw.weight, raw.bias, { ...common, padding: raw.padding, paddingMode: raw.paddingMode })
        : describeConvTranspose(raw.x, raw.weight, raw.bias, {
            ...common,
            padding: raw.padding as number[],
            outputPadding: raw.outputPadding ?? 0,
          })
    return {
      name: raw.name,
      descriptor,
      x: eighths(raw.x, raw.seeds.x),
      weight: eighths(raw.weight, raw.seeds.weight),
      bias: raw.bias ? eighths([oc], raw.seeds.bias) : null,
      expected: new Tensor(results.slice(raw.offset, raw.offset + sizeOf(raw.shape)), raw.shape),
      exact: raw.activation !== 'sigmoid' && raw.activation !== 'hardSwish',
    }
  })
}

function activationOf({ activation: kind, negativeSlope, min, max }: RawCase) {
  if (kind === 'leakyRelu') return { kind, ...(negativeSlope === undefined ? {} : { negativeSlope }) }
  if (kind === 'clip') return { kind, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
  return kind
}
