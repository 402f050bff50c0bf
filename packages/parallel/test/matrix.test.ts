// The matrix kernel, on processors with a matrix unit: right around every edge, as exact as is said, the same bits however it is cut.
import {
  type ConvDescriptor,
  type ConvOptions,
  candidatesFor,
  describeConv,
  describeConvTranspose,
  type FloatTensor,
  LocalLayer,
  select,
  sizeOf,
  TIERS,
  type Workspace,
} from '@weft/core'
import { open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import type { Block } from '../../core/src/kernels/matrix/blocks.ts'
import { checkReach } from '../../core/src/kernels/matrix/reach.ts'
import { matrix } from '../../core/src/kernels/matrix.ts'
import { matrixCases } from '../../core/test/matrix-cases.ts'
import { noise, type Operands, operandsOf, runOracle, worstError } from '../../core/test/run-kernel.ts'
import { checkUnits } from '../../core/test/run-units.ts'
import { onMatrixUnit } from './on-matrix-unit.ts'
import { NATIVE_TIERS } from './safety/here.ts'

const { traits } = TIERS.amx
const NAME = matrix.name
const textOf = ({ xShape, weightShape, stride }: ConvDescriptor) => `${xShape} * ${weightShape}, stride ${stride}`

/** As pixels come to the matrix unit: in place, staged by each worker for its block, staged for all; by single planes or by pairs. */
const ROUTES: readonly { how: string; x: number[]; weight: number[]; options: ConvOptions }[] = [
  { how: 'in place', x: [37, 5, 13], weight: [35, 37, 1, 1], options: {} },
  { how: 'staged for all', x: [3, 12, 13], weight: [5, 3, 3, 3], options: { padding: 1 } },
  { how: 'staged for all in pairs', x: [34, 12, 13], weight: [40, 34, 3, 3], options: { padding: 1, stride: 2 } },
  { how: 'staged for all, of many channels', x: [34, 6, 9], weight: [160, 34, 3, 3], options: { padding: 1 } },
  { how: 'staged by each', x: [3, 43, 41], weight: [6, 3, 3, 3], options: { padding: 1 } },
  { how: 'staged by each in pairs', x: [8, 43, 41], weight: [5, 8, 3, 3], options: { padding: 1, dilation: 2 } },
]
const routes = ROUTES.map((route) => ({ ...route, d: describeConv(route.x, route.weight, true, route.options) }))

describe('the matrix kernel', () => {
  it('refuses what it does not take, and numerics other than fast, in a sentence', () => {
    const refusal = (d: ConvDescriptor, of = traits) => matrix.refuses(d, of)
    const conv = (x: number[], weight: number[], options: ConvOptions = {}) => describeConv(x, weight, false, options)
    expect(refusal(conv([4, 9, 9], [4, 4, 3, 3]))).toBeNull()
    expect(refusal(conv([4, 9, 9], [4, 4, 3, 3]), TIERS.avx512.traits)).toBe('the tier has no matrix unit')
    expect(refusal(conv([4, 9, 9], [4, 4, 3, 3], { numerics: 'strict' }))).toBe("numerics 'strict' was asked for")
    expect(refusal(conv([4, 9, 9], [4, 4, 3, 3], { numerics: 'float32' }))).toBe("numerics 'float32' was asked for")
    expect(refusal(conv([4, 9, 9, 9], [4, 4, 3, 3, 3]))).toBe('the convolution is 3-D')
    expect(refusal(describeConvTranspose([4, 9, 9], [4, 4, 3, 3], false))).toBe('the convolution is transposed')
    expect(refusal(conv([4, 9, 9], [4, 4, 3, 3], { padding: 1, paddingMode: 'reflect' }))).toBe(
      'the padding is reflect, not zeros',
    )
    expect(refusal(conv([4, 9, 9], [6, 2, 3, 3], { groups: 2 }))).toBe('a group has 3 output channels, not 4 or more')
    expect(refusal(conv([4, 9, 7], [4, 4, 3, 3]))).toBe('rows of 5 pixels are too short for lines of 16')
  })

  it('gathers lines in one piece where rows are whole lines, or all of the output is one', () => {
    const pieces = (x: number[]) => {
      const d = describeConv(x, [8, x[0], 3, 3], true, { padding: 1 })
      return [...new Set(matrix.plan(d, traits, 1).blocks.map(({ lines }) => lines.pieces))]
    }
    expect([pieces([4, 5, 16]), pieces([4, 5, 32]), pieces([4, 5, 224])]).toEqual([[1], [1], [1]])
    expect([pieces([4, 5, 17]), pieces([4, 5, 56]), pieces([4, 1, 56]), pieces([4, 5, 7])]).toEqual([[2], [2], [1], [2]])
  })

  it('does not give out a plan that reaches outside of what it booked', () => {
    for (const { how, d } of routes) {
      const plan = matrix.plan(d, traits, 2)
      const { planeFloats } = plan.layout
      const moved = (change: Partial<Block>) => () =>
        checkReach({ ...plan, blocks: plan.blocks.map((block) => ({ ...block, ...change })) })
      expect(() => checkReach(plan), how).not.toThrow()
      expect(moved({ x: -4096 }), how).toThrow('the plan reads bytes -')
      expect(moved({ x: 4 * d.ic * planeFloats }), how).toThrow('the plan reads bytes')
      expect(moved({ y: 4 * d.output[1] * d.output[2] }), how).toThrow('the plan writes bytes')
    }
  })

  it('is chosen where there is a matrix unit and it is faster, unless numerics are others than fast', () => {
    const order = (options: ConvOptions, of = traits) => {
      const d = describeConv([256, 28, 28], [512, 256, 1, 1], true, options)
      return select(d, of).kernel.order(d)
    }
    expect(order({ stride: 2 })).toBe(NAME)
    expect(order({ stride: 2, numerics: 'strict' })).toBe('direct')
    expect(order({ stride: 2, numerics: 'float32' })).toBe('direct')
    expect(order({ stride: 2 }, TIERS.avx512.traits)).toBe('direct')
    const few = describeConv([3, 20, 20], [4, 3, 3, 3], true)
    expect(select(few, traits).kernel.name).not.toBe(NAME)
    expect(candidatesFor(few, traits).candidates.map(({ kernel }) => kernel)).toContain(NAME)
  })

  it('takes every route of pixels between the cases of its tests', () => {
    const plans = routes.map(({ d }) => matrix.plan(d, traits, 1))
    expect(plans.map(({ layout, window, split }) => [layout.staged, window, split])).toEqual([
      [false, false, false],
      [true, false, false],
      [true, false, true],
      [true, false, true],
      [true, true, false],
      [true, true, true],
    ])
    const ways = new Set(
      matrixCases().map((d) => {
        const { layout, window, split, chunks, blocks } = matrix.plan(d, traits, 1)
        return [layout.staged, window, split, chunks.length > 1, blocks.length > 1].map(Number).join('')
      }),
    )
    expect([...ways]).toEqual(expect.arrayContaining(['00000', '00010', '00011', '10000', '10100', '11001', '11011', '11111']))
  })

  it('shares lines between workers where outputs are many, and channels where those are', () => {
    const cut = (x: number[], oc: number, kernel: number, workers: number) => {
      const d = describeConv(x, [oc, x[0], kernel, kernel], true, { padding: (kernel - 1) / 2 })
      const { steps, blocks, units } = matrix.plan(d, traits, workers)
      const channels = new Set(units.map(({ from, to }) => `${from}-${to}`)).size
      return { phases: steps.length, lines: blocks.map(({ lines }) => lines.count), channels }
    }
    expect(cut([384, 14, 14], 96, 1, 1)).toEqual({ phases: 1, lines: [13], channels: 2 })
    expect(cut([384, 14, 14], 96, 1, 2)).toEqual({ phases: 1, lines: [7, 6], channels: 1 })
    expect(cut([384, 14, 14], 96, 1, 3)).toEqual({ phases: 1, lines: [5, 4, 4], channels: 1 })
    expect(cut([96, 14, 14], 384, 1, 2)).toEqual({ phases: 1, lines: [13], channels: 4 })
    expect(cut([64, 13, 13], 256, 3, 1)).toEqual({ phases: 2, lines: [13], channels: 2 })
    expect(cut([64, 13, 13], 256, 3, 2)).toEqual({ phases: 1, lines: [7, 6], channels: 1 })
    expect(cut([64, 7, 7], 256, 3, 2)).toEqual({ phases: 2, lines: [4], channels: 4 })
    // Blocks of channels of four units: two and two of them are as many.
    const { units } = matrix.plan(describeConv([960, 7, 7], [320, 960, 1, 1], true), traits, 2)
    expect(units.map(({ from, to }) => to - from)).toEqual([3, 2, 3, 2])
    // Sums of so many channels are kept from chunk to chunk.
    expect(cut([256, 28, 28], 512, 3, 2)).toEqual({ phases: 1, lines: [25, 25], channels: 2 })
  })
})

describe.skipIf(!NATIVE_TIERS.includes('amx'))('the matrix kernel on a matrix unit (skipped where there is none)', () => {
  const { run, workspace } = onMatrixUnit(NAME)

  it('is right around every edge', () => {
    for (const d of matrixCases()) {
      expect(matrix.refuses(d, traits), textOf(d)).toBeNull()
      const operands = operandsOf(d)
      expect(worstError(run(d, operands), runOracle(d, operands)), textOf(d)).toBeLessThan(matrix.error)
    }
  })

  it('is exact where numbers have 16 significant bits and sums 24', () => {
    const whole = ({ data }: FloatTensor, most: number) => data.forEach((value, i) => (data[i] = Math.round(most * value)))
    for (const d of matrixCases()) {
      if (d.activation.kind === 'sigmoid' || d.activation.kind === 'silu' || d.activation.kind === 'hardSwish') continue
      const products = (d.ic / d.groups) * d.kernel[1] * d.kernel[2]
      const operands = operandsOf(d, 3)
      // Halves of pixels, or of weights: the other one is small enough for the sum.
      const most = Math.floor(2 ** 23 / products)
      const [large, small] = [Math.min(65535, most), Math.floor(Math.max(1, most / 65535))]
      whole(operands.x, d.oc % 2 === 0 ? large : small)
      whole(operands.weight, d.oc % 2 === 0 ? small : large)
      for (const tensor of [operands.bias, operands.residual]) if (tensor !== null) whole(tensor, 1000)
      expect(run(d, operands), textOf(d)).toEqual(run(d, operands, 'f32-direct'))
    }
  })

  it.each(routes)(
    'gives the same bits whatever the order of units, and for however many workers: $how',
    ({ x, weight, options }) => {
      const d = describeConv([2, ...x], weight, true, { ...options, residual: true, activation: 'relu' })
      for (const workers of [1, 2, 3, 8]) checkUnits(workspace(), d, NAME, workers)
    },
  )

  it.each([1, 2, 3])('gives the same bits on %i threads, whichever way they share the work', async (threads) => {
    await using engine = await open({ threads, tier: 'amx', check: threads === 2 })
    for (const { x, options, d } of routes) {
      const operands = operandsOf(d)
      const { weight, bias } = operands
      await using layer = await engine.prepare({ weight, bias, ...options }, x, { kernel: NAME })
      expect(layer.selection.kernel).toBe(NAME)
      for (const parallel of ['channels', 'items'] as const) {
        const y = await layer.run(operands.x, { parallel })
        expect(y.data, `${textOf(d)}, ${parallel}`).toEqual(run(d, operands))
      }
    }
  })

  it('with strict numerics gives the bits of the other tiers', () => {
    for (const options of [{}, { stride: 2 }]) {
      const d = describeConv([256, 14, 14], [64, 256, 1, 1], true, { ...options, numerics: 'strict' })
      const operands = operandsOf(d)
      const chosen = (tier: 'relaxed' | Workspace) => {
        const y = new Float32Array(sizeOf(d.yShape))
        new LocalLayer(d, operands.weight, operands.bias, { tier }).run(operands.x.data, y)
        return y
      }
      expect(chosen(workspace())).toEqual(chosen('relaxed'))
    }
  })

  it.each([
    [3, 5e-6],
    [64, 1.5e-6],
    [512, 6e-7],
  ])('is off by less than is said where pixels are alike: %i channels of 9 taps, %f', (ic, bound) => {
    const d = describeConv([ic, 5, 9], [17, ic, 3, 3], true, { padding: 1 })
    for (const seed of [1, 2]) {
      const operands = operandsOf(d, seed * ic)
      expect(worstError(run(d, operands), runOracle(d, operands))).toBeLessThan(bound)
    }
  })

  it('is off by what it leaves out of the worst of numbers, within its bound', () => {
    // What is left of it after 8 bits, nearly 2^-8, lies just below half way between two numbers of 8 bits: pixels and weights are both
    // off by 2^-17, downwards, and so is the product by what is left of both.
    const worst = Math.fround(1 + 2 ** -8 - 2 ** -17 - 2 ** -23)
    for (const { d } of routes) {
      const operands = operandsOf(d)
      operands.x.data.fill(worst)
      operands.weight.data.fill(worst)
      operands.bias?.data.fill(0)
      const error = worstError(run(d, operands), runOracle(d, operands))
      expect(error, textOf(d)).toBeLessThan(matrix.error)
      expect(error, textOf(d)).toBeGreaterThan(0.9 * 2 ** -15)
    }
  })

  it('is as near where numbers are of very different sizes', () => {
    for (const { d } of routes) {
      const operands = operandsOf(d, 5)
      operands.x.data.forEach((value, i) => {
        operands.x.data[i] = value * 10 ** ((i % 13) - 6)
      })
      expect(worstError(run(d, operands), runOracle(d, operands)), textOf(d)).toBeLessThan(matrix.error)
    }
  })

  const SPECIAL = {
    infinity: 0x7f800000,
    '-infinity': 0xff800000,
    NaN: 0x7fc00000,
    'a NaN of all bits': 0x7fffffff,
    'a negative NaN of all bits': 0xffffffff,
    'a signalling NaN': 0x7f800001,
    'a signalling NaN of the upper half': 0x7fbf0000,
  }
  describe.each(Object.entries(SPECIAL))('of %s', (_, bits) => {
    it.each(routes)('makes no finite number of the outputs that see it, and leaves the others: $how', ({ d }) => {
      for (const place of ['x', 'weight'] as const) {
        const operands = operandsOf(d)
        const { data } = operands[place]
        const at = Math.floor(data.length * 0.6)
        new Uint32Array(data.buffer)[at] = bits
        const y = run(d, operands)
        const expected = runOracle(d, operands).y
        expect(expected.some((value) => !Number.isFinite(value))).toBe(true)
        // Padding is zeros, which make a NaN of a weight too.
        const [channel, outputs] = [Math.floor((at * d.oc) / data.length), expected.length / d.oc]
        const wrong = expected.findIndex((value, i) => {
          if (!Number.isFinite(value)) return Number.isFinite(y[i])
          return !(Math.abs(y[i] - value) < 1e-3) && (place === 'x' || Math.floor(i / outputs) !== channel)
        })
        expect([wrong, expected[wrong], y[wrong]], place).toEqual([-1, undefined, undefined])
      }
    })
  })

  it('keeps a NaN through relu, and stored numbers of the largest', () => {
    const d = describeConv([1, 1, 40], [4, 1, 1, 1], false, { activation: 'relu' })
    const operands = operandsOf(d)
    operands.x.data.fill(3e38)
    operands.x.data[7] = Number.NaN
    operands.weight.data.fill(1)
    const y = run(d, operands)
    for (const channel of [0, 1, 2, 3].map((oc) => y.subarray(40 * oc, 40 * oc + 40))) {
      expect(channel.findIndex(Number.isNaN)).toBe(7)
      expect(channel.filter((value) => Math.abs(value / 3e38 - 1) < matrix.error)).toHaveLength(39)
    }
  })

  const LARGEST = 3.4028234663852886e38
  it.each([
    ['pixels of 1e38', 1e38, 1e-20, 3e-5],
    ['weights of the largest number', 1e-20, LARGEST, 3e-5],
    ['pixels of 2^-100', 2 ** -100, 1, 3e-5],
    ['weights of 2^-100', 1, 2 ** -100, 3e-5],
    // What is left of such a number is subnormal: its leading part alone counts.
    ['pixels of 2^-120', 2 ** -120, 1, 2 ** -8],
    ['weights of 2^-120', 1, 2 ** -120, 2 ** -8],
  ])('is within its error, or 2^-8 where it is too small for two parts: %s', (_, ofPixels, ofWeights, bound) => {
    for (const { d } of routes) {
      const operands = operandsOf(d, 7)
      for (const [tensor, size] of [
        [operands.x, ofPixels],
        [operands.weight, ofWeights],
      ] as const) {
        tensor.data.forEach((value, i) => {
          tensor.data[i] = Math.sign(value) * size * (1 - Math.abs(value) / 4)
        })
      }
      operands.bias?.data.fill(0)
      const { y, magnitude } = runOracle(d, operands)
      const error = run(d, operands).reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]) / magnitude[i]), 0)
      expect(error, textOf(d)).toBeLessThan(bound)
    }
  })

  it('takes pixels above 3.39e38 as infinite, and subnormal ones as zero', () => {
    const d = describeConv([1, 1, 20], [4, 1, 1, 1], false)
    const operands: Operands = { x: noise(d.xShape, 1), weight: noise(d.weightShape, 2), bias: null, residual: null }
    operands.x.data.fill(1)
    operands.x.data.set([3.38e38, LARGEST, 1e-39])
    operands.weight.data.fill(0.5)
    const y = run(d, operands)
    expect(Math.abs(y[0] / 1.69e38 - 1)).toBeLessThan(matrix.error)
    expect(Number.isFinite(y[1])).toBe(false)
    expect(Math.abs(y[2])).toBe(0)
    expect(y.subarray(3, 20)).toEqual(new Float32Array(17).fill(0.5))
  })
})
