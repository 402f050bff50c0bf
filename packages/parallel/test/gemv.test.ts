// The gemv kernel, on processors with a matrix unit: right around every edge, weights rounded as is said, the same bits on any threads.
import { type ConvDescriptor, type ConvOptions, describeConv, describeConvTranspose, select, TIERS } from '@weft/core'
import { open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { rounded } from '../../core/src/kernels/gemv/pack.ts'
import { gemv } from '../../core/src/kernels/gemv.ts'
import { gemvCases } from '../../core/test/gemv-cases.ts'
import { type Operands, operandsOf, runOracle, worstError } from '../../core/test/run-kernel.ts'
import { checkUnits } from '../../core/test/run-units.ts'
import { onMatrixUnit } from './on-matrix-unit.ts'
import { NATIVE_TIERS } from './safety/here.ts'

const { traits } = TIERS.amx
const NAME = gemv.name
const textOf = ({ xShape, weightShape }: ConvDescriptor) => `${xShape} * ${weightShape}`
const conv = (x: number[], weight: number[], options: ConvOptions = {}) => describeConv(x, weight, true, options)

const bitsOf = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0]
const numberOf = (bits: number) => new Float32Array(Int32Array.of(bits).buffer)[0]
const round = (value: number) => numberOf(rounded(bitsOf(value)))
const LARGEST = 3.4028234663852886e38

describe('the gemv kernel', () => {
  it('refuses what it does not take, and numerics other than fast, in a sentence', () => {
    const refusal = (d: ConvDescriptor, of = traits) => gemv.refuses(d, of)
    for (const d of gemvCases()) expect(refusal(d), textOf(d)).toBeNull()
    expect(refusal(conv([4, 1], [4, 4, 1]), TIERS.avx512.traits)).toMatch('the tier has no matrix unit')
    expect(refusal(conv([4, 1], [4, 4, 1], { numerics: 'strict' }))).toBe("numerics 'strict' was asked for")
    expect(refusal(conv([4, 1], [4, 4, 1], { numerics: 'float32' }))).toBe("numerics 'float32' was asked for")
    expect(refusal(describeConvTranspose([4, 1], [4, 4, 1], false))).toBe('the convolution is transposed')
    expect(refusal(conv([4, 1], [4, 2, 1], { groups: 2 }))).toBe('there are 2 groups')
    expect(refusal(conv([4, 2, 3], [4, 4, 1, 1]))).toBe('an output channel has 1x2x3 pixels, not one')
    expect(refusal(conv([4, 3], [4, 4, 5], { padding: 1 }))).toBe('the input is padded')
    expect(refusal(conv([4, 3], [4, 4, 2], { stride: 2 }))).toBe('the window is not all of the input')
  })

  it('is chosen where weights are many, there is a matrix unit, and numerics are fast', () => {
    const chosen = (k: number, n: number, options: ConvOptions = {}, of = traits) =>
      select(conv([k, 1], [n, k, 1], options), of).kernel
    expect(chosen(4096, 1000).name).toBe(NAME)
    expect(chosen(4096, 1000, { numerics: 'strict' }).name).toBe('f32-broadcast')
    expect(chosen(4096, 1000, { numerics: 'float32' }).name).toBe('f32-broadcast')
    expect(chosen(4096, 1000, {}, TIERS.avx512.traits).name).toBe('f32-broadcast')
    expect(chosen(256, 1000).name).not.toBe(NAME)
  })

  it('rounds weights to the nearest of 16 significant bits', () => {
    expect(round(1 + 2 ** -15)).toBe(1 + 2 ** -15)
    expect(round(1 + 2 ** -16 - 2 ** -23)).toBe(1)
    expect(round(1 + 2 ** -16)).toBe(1 + 2 ** -15)
    expect(round(-(2 - 2 ** -23))).toBe(-2)
    for (const { data } of [operandsOf(conv([999, 1], [9, 999, 1])).weight]) {
      for (const value of data) {
        expect(Math.abs(round(value) - value)).toBeLessThanOrEqual(2 ** -16 * Math.abs(value))
        expect(bitsOf(round(value)) & 0xff).toBe(0)
      }
    }
  })

  it('makes no weight infinite, leaves what is infinite or no number, and takes subnormal ones as zero', () => {
    expect(round(LARGEST)).toBe(numberOf(0x7f7fff00))
    expect(round(-LARGEST)).toBe(-numberOf(0x7f7fff00))
    expect([round(Number.POSITIVE_INFINITY), round(Number.NEGATIVE_INFINITY)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ])
    for (const bits of [0x7fc00000, 0x7f800001, 0x7fffffff, 0xffffffff]) expect(numberOf(rounded(bits | 0))).toBeNaN()
    expect([round(2 ** -126), round(2 ** -126 - 2 ** -149), round(-0)]).toEqual([2 ** -126, 0, 0])
  })
})

describe.skipIf(!NATIVE_TIERS.includes('amx'))('the gemv kernel beside a matrix unit (skipped where there is none)', () => {
  const { run, workspace } = onMatrixUnit(NAME)

  it('is right around every edge', () => {
    for (const d of gemvCases()) {
      const operands = operandsOf(d)
      expect(worstError(run(d, operands), runOracle(d, operands)), textOf(d)).toBeLessThan(gemv.error)
    }
  })

  it('gives the bits of the direct kernel for rounded weights, where sums go in one order', () => {
    for (const d of gemvCases().filter(({ kernel }) => kernel.every((extent) => extent === 1))) {
      const operands = operandsOf(d, 3)
      const nearest = { ...operands, weight: { ...operands.weight, data: operands.weight.data.map(round) } } as Operands
      expect(run(d, operands), textOf(d)).toEqual(run(d, nearest, 'f32-direct'))
    }
  })

  it('is off by what is rounded off of the worst of weights, within its bound', () => {
    const d = conv([60, 1], [130, 60, 1])
    const operands = operandsOf(d)
    operands.x.data.fill(1)
    operands.weight.data.fill(1 + 2 ** -16)
    operands.bias?.data.fill(0)
    const error = worstError(run(d, operands), runOracle(d, operands))
    expect(error).toBeGreaterThan(0.9 * 2 ** -16)
    expect(error).toBeLessThan(gemv.error)
  })

  it.each([
    ['an infinity', Number.POSITIVE_INFINITY],
    ['a NaN', Number.NaN],
  ])('carries %s of a weight to its channel alone, and one of the input to all', (_, value) => {
    const d = conv([37, 1], [150, 37, 1])
    for (const place of ['weight', 'x'] as const) {
      const operands = operandsOf(d)
      const { data } = operands[place]
      data[Math.floor(data.length * 0.6)] = value
      const [y, expected] = [run(d, operands), runOracle(d, operands).y]
      const wrong = expected.findIndex((right, i) =>
        Number.isFinite(right) ? !(Math.abs(y[i] - right) < 1e-3) : !Object.is(y[i], right),
      )
      expect([wrong, expected[wrong], y[wrong]], place).toEqual([-1, undefined, undefined])
    }
  })

  it.each([
    [[9, 1], 300],
    [[4, 3, 2], 131],
  ] as const)('gives the same bits whatever the order of units: %j to %i channels', (input, oc) => {
    const d = describeConv([2, ...input], [oc, ...input], true, { residual: true, activation: 'relu' })
    for (const workers of [1, 3]) checkUnits(workspace(), d, NAME, workers)
  })

  it.each([1, 2, 3])('gives the same bits on %i threads, whichever way they share the work', async (threads) => {
    await using engine = await open({ threads, tier: 'amx', check: threads === 2 })
    for (const d of [conv([90, 1], [449, 90, 1]), conv([5, 3, 4], [70, 5, 3, 4])]) {
      const operands = operandsOf(d)
      const { weight, bias } = operands
      await using layer = await engine.prepare({ weight, bias }, d.xShape, { kernel: NAME })
      for (const parallel of ['channels', 'items'] as const) {
        const y = await layer.run(operands.x, { parallel })
        expect(y.data, `${textOf(d)}, ${parallel}`).toEqual(run(d, operands))
      }
    }
  })
})
