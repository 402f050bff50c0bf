// The residual: every kernel adds it to the sum before the activation.
import {
  ACTIVATIONS,
  type ConvDescriptor,
  conv,
  convTranspose,
  describeConv,
  describeConvTranspose,
  explain,
  KERNELS,
  LocalLayer,
  PORTABLE_TIERS,
  Tensor,
  TIERS,
  type TierName,
  WeftError,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { tileOf } from '../src/kernels/tile.ts'
import { noise, type Operands, operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'

type Options = NonNullable<Parameters<typeof describeConv>[3]>
const FUSED = PORTABLE_TIERS.filter((tier) => TIERS[tier].traits.fused)
const kernelsFor = (d: ConvDescriptor, tier: TierName) => KERNELS.filter(({ refuses }) => !refuses(d, TIERS[tier].traits))
const around = (edge: number) => [edge - 1, edge, edge + 1].filter((value) => value > 0)

function added(x: number[], weight: number[], options: Options = {}): ConvDescriptor {
  return describeConv(x, weight, true, { activation: 'relu', ...options, residual: true })
}

function check(d: ConvDescriptor, tier: TierName, least = 1): void {
  const operands = operandsOf(d)
  const expected = runOracle(d, operands)
  const taking = kernelsFor(d, tier)
  expect(taking.length).toBeGreaterThanOrEqual(least)
  for (const { name, error } of taking)
    expect(worstError(runKernel(d, operands, tier, name), expected), `${name} ${d.xShape} * ${d.weightShape}`).toBeLessThan(error)
}

/** Bits as numbers: -0 and 0 are the same, as they are where a graph adds two tensors. */
const plus = (y: Float32Array, { residual }: Operands) => y.map((value, i) => value + (residual as Tensor).data[i])

describe.each(PORTABLE_TIERS)('on the %s tier a residual is added', (tier) => {
  const { traits } = TIERS[tier]
  const { rows, cols } = tileOf(traits)
  const vectors = traits.lanes === 1 ? 0 : 1

  it('for channels around the edge of a tile, by every kernel', () => {
    for (const oc of new Set([1, ...around(rows), ...around(2 * rows)])) {
      check(added([5, 9, 11], [oc, 5, 3, 3], { padding: 1 }), tier, 1 + 3 * vectors)
      check(added([5, 9, 12], [oc, 5, 5, 5], { padding: 2 }), tier, 1 + 2 * vectors)
      check(added([5, 12, 16], [oc, 5, 1, 1]), tier, 1 + 2 * vectors)
    }
  })

  it('for rows and lines around the edge of a vector and a tile', () => {
    const edges = [traits.lanes, cols * traits.lanes, 2 * cols * traits.lanes, 4 * traits.lanes]
    for (const ow of new Set([1, 2, 3, ...edges.flatMap(around)])) {
      check(added([3, 4, ow], [7, 3, 3, 3], { padding: 1 }), tier)
      check(added([3, 1, ow], [7, 3, 1, 1]), tier)
      check(added([3, ow + 2], [2, 3, 3]), tier)
      check(added([3, 5, ow], [3, 1, 3, 3], { padding: 1, groups: 3 }), tier, 1 + 2 * vectors)
      check(added([3, 5, 2 * ow + 1], [6, 1, 3, 3], { padding: 1, groups: 3, stride: 2 }), tier, 1 + 2 * vectors)
    }
  })

  it('for batches, groups, strides, 3-D, blocks and phases of a transposed convolution', () => {
    check(added([3, 8, 13, 10], [6, 4, 3, 3], { padding: 1, groups: 2 }), tier)
    check(added([2, 6, 21, 22], [9, 2, 3, 3], { padding: 1, groups: 3, stride: 2, dilation: 2 }), tier)
    check(added([2, 4, 5, 9, 11], [5, 4, 2, 3, 3], { padding: 1 }), tier)
    check(added([16, 83, 97], [7, 16, 1, 1]), tier)
    check(added([6, 12, 13], [62, 6, 3, 3], { padding: 1 }), tier)
    check(added([48, 4, 20], [124, 48, 1, 1]), tier)
    check(added([4, 67, 130], [5, 4, 3, 3], { padding: 1 }), tier)
    check(added([5, 67, 150], [5, 1, 3, 3], { padding: 1, groups: 5 }), tier)
    check(added([3, 20, 21], [4, 3, 3, 3], { padding: 1, paddingMode: 'reflect' }), tier)
    const transposed = { stride: [3, 2], padding: 1, outputPadding: 1, activation: 'relu' as const, residual: true }
    check(describeConvTranspose([2, 9, 21, 13], [9, 5, 4, 3], true, transposed), tier)
    check(describeConvTranspose([17, 29, 4], [17, 17, 1, 1], true, { ...transposed, stride: [2, 1], outputPadding: 0 }), tier)
  })

  it.each(ACTIVATIONS)('before the activation %s', (kind) => {
    const clip = { kind: 'clip', min: -0.5, max: 0.75 } as const
    const activation = kind === 'clip' ? clip : kind === 'leakyRelu' ? { kind, negativeSlope: 0.1 } : kind
    for (const [x, weight, options] of [
      [[6, 9, 10], [7, 6, 3, 3], { padding: 1 }],
      [[6, 3, 10], [7, 6, 1, 1], {}],
      [[6, 9, 40], [6, 1, 3, 3], { padding: 1, groups: 6 }],
      [[6, 9, 7], [6, 1, 3, 3], { padding: 1, groups: 6 }],
      [[2, 9, 10], [3, 2, 5, 5], { padding: 2, stride: 2 }],
    ] as const)
      check(added([...x], [...weight], { ...options, activation }), tier)
  })

  it('after the sum: the bits are those of a convolution and an addition', () => {
    for (const [x, weight, options] of [
      [[20, 14, 15], [9, 20, 3, 3], { padding: 1 }],
      [[20, 14, 15], [9, 20, 1, 1], {}],
      [[9, 14, 15], [9, 1, 3, 3], { padding: 1, groups: 9 }],
      [[9, 14, 35], [9, 1, 5, 5], { padding: 2, groups: 9, stride: 2 }],
      [[3, 30, 31], [8, 3, 7, 7], { padding: 3, stride: 2 }],
    ] as const) {
      const d = added([...x], [...weight], { ...options, activation: 'none' })
      const operands = operandsOf(d)
      const plain = describeConv(d.xShape, d.weightShape, true, options)
      for (const { name } of kernelsFor(d, tier)) {
        const y = runKernel(plain, { ...operands, residual: null }, tier, name)
        expect(runKernel(d, operands, tier, name), name).toEqual(plus(y, operands))
      }
    }
  })

  it('where it lies in the output itself', () => {
    const d = added([2, 6, 12, 13], [7, 6, 3, 3], { padding: 1 })
    const operands = operandsOf(d)
    const y = (operands.residual as Tensor<Float32Array>).data.slice()
    new LocalLayer(d, operands.weight, operands.bias, { tier }).run(operands.x.data, y, y)
    expect(y).toEqual(runKernel(d, operands, tier))
  })
})

describe('a residual', () => {
  it('gives the same bits on every fused tier', () => {
    let state = 77 >>> 0
    const pick = (low: number, high: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return low + Math.floor((state / 2 ** 32) * (high - low + 1))
    }
    for (let round = 0; round < 80; round++) {
      const groups = pick(1, 3)
      const ic = pick(0, 2) === 0 ? 1 : pick(1, 20)
      const kernel = pick(0, 2) === 0 ? [3, 3] : [pick(1, 5), pick(1, 5)]
      const options = {
        padding: [pick(0, 2), pick(0, 2)],
        stride: pick(1, 2),
        groups,
        activation: ACTIVATIONS[pick(0, ACTIVATIONS.length - 1)],
      }
      const d = added([groups * ic, pick(5, 30), pick(5, 40)], [groups * pick(1, 14), ic, ...kernel], options)
      const operands = operandsOf(d, round)
      for (const { name } of kernelsFor(d, 'paired').filter(({ name }) => name !== 'f32-scalar')) {
        const [first, ...others] = FUSED.map((tier) => runKernel(d, operands, tier, name))
        for (const other of others) expect(other, `round ${round}: ${name}`).toEqual(first)
      }
    }
  })

  const [x, weight] = [noise([2, 6, 7], 1), noise([4, 2, 3, 3], 2)]
  const messageOf = (action: () => unknown): string => {
    try {
      action()
    } catch (error) {
      if (error instanceof WeftError) return `${error.code}: ${error.message}`
      throw error
    }
    return 'nothing was thrown'
  }

  it('is taken by conv and convTranspose', () => {
    const residual = noise([4, 4, 5], 3)
    const y = conv(x, { weight })
    expect(conv(x, { weight, residual }).data).toEqual(y.data.map((value, i) => value + residual.data[i]))
    expect(conv(x, { weight, residual: null }).data).toEqual(y.data)
    const filters = noise([2, 4, 3, 3], 4)
    const large = noise([4, 8, 9], 5)
    expect(convTranspose(x, { weight: filters, residual: large }).data).toEqual(
      convTranspose(x, { weight: filters }).data.map((value, i) => value + large.data[i]),
    )
  })

  it.each([
    [
      'SHAPE: residual is (4, 6, 7); it is added to the output, so it must be (4, 4, 5)',
      () => conv(x, { weight, residual: Tensor.zeros([4, 6, 7]) }),
    ],
    ['SHAPE: residual is (1, 4, 4, 5)', () => conv(x, { weight, residual: Tensor.zeros([1, 4, 4, 5]) })],
    ['DTYPE: residual is uint8', () => conv(x, { weight, residual: Tensor.from([1], 'uint8') })],
  ])('is refused with %s', (message, make) => {
    expect(messageOf(make)).toContain(message)
  })

  it('is explained, and its bytes are counted', () => {
    const [d, plain] = [true, false].map((residual) => describeConv([3, 8, 8], [4, 3, 3, 3], false, { residual }))
    expect(String(explain(d, 'relaxed'))).toMatch(/residual +added before the activation/)
    expect(String(explain(plain, 'relaxed'))).toMatch(/residual +no/)
    expect(explain(d).cost.bytes - explain(plain).cost.bytes).toBe(4 * 4 * 6 * 6)
  })
})
