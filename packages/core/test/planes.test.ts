import {
  describeConv,
  describeConvTranspose,
  explain,
  KERNELS,
  PORTABLE_TIERS,
  parseProblem,
  portableWorkspace,
  TIERS,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { planPlanes } from '../src/kernels/planes/plan.ts'
import { planesCases } from './planes-cases.ts'
import { operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'
import { checkUnits } from './run-units.ts'

const NAME = 'f32-planes'
const tiers = PORTABLE_TIERS.filter((tier) => tier !== 'scalar')
const kernel = KERNELS.find(({ name }) => name === NAME) as (typeof KERNELS)[number]

describe.each(tiers)('the planes kernel on the %s tier', (tier) => {
  it('is right around every edge', () => {
    for (const d of planesCases(TIERS[tier].traits.lanes)) {
      const operands = operandsOf(d)
      const what = `${d.xShape} * ${d.weightShape}, stride ${d.stride}, padding ${d.before}`
      expect(worstError(runKernel(d, operands, tier, NAME), runOracle(d, operands)), what).toBeLessThan(kernel.error)
    }
  })

  it('keeps to itself what lies behind a row that holds infinities and NaN', () => {
    const d = describeConv([4, 5, 5], [2, 4, 3, 3], true, { padding: 1 })
    const operands = operandsOf(d)
    operands.x.data[7] = Number.NaN
    operands.x.data[60] = Number.POSITIVE_INFINITY
    const y = runKernel(d, operands, tier, NAME)
    const broken = (values: Float32Array) => Array.from(values, (value) => !Number.isFinite(value))
    expect(broken(y)).toEqual(broken(runKernel(d, operands, tier, 'f32-direct')))
  })
})

describe('the planes kernel', () => {
  it('agrees to the bit on every fused machine', () => {
    const fused = tiers.filter((tier) => TIERS[tier].traits.fused)
    for (const d of planesCases(16)) {
      const operands = operandsOf(d)
      const [first, ...others] = fused.map((tier) => runKernel(d, operands, tier, NAME))
      for (const other of others) expect(other, `${d.xShape} * ${d.weightShape}`).toEqual(first)
    }
  })

  it('gives the same bits for any number of workers, its units in any order', () => {
    const shapes = [
      describeConv([2, 5, 40, 21], [3, 5, 3, 3], true, { padding: 1, residual: true, activation: 'relu' }),
      describeConv([2, 6, 31, 50], [4, 3, 5, 5], true, { padding: 2, stride: 3, groups: 2 }),
    ]
    for (const d of shapes) for (const workers of [1, 2, 3, 8]) checkUnits(portableWorkspace('relaxed'), d, NAME, workers)
  })

  it('asks ahead for lines of the next channels, no more than a full tile has products for, on machines that need not wait for them', () => {
    const shapeOn = (text: string, tier: keyof typeof TIERS) =>
      planPlanes(NAME, parseProblem(text).descriptor, TIERS[tier].traits, 1).shape
    for (const text of ['ic64ih224oc3kh3ph1', 'ic500ih69oc1kh3ph1sh2', 'ic78ih118oc2kh1sh3', 'ic16ih9oc4kh3ph1']) {
      const { ahead, tile } = shapeOn(text, 'avx512')
      const { kernel: taps } = parseProblem(text).descriptor
      expect(12 * ahead, text).toBeLessThanOrEqual(tile.rows * tile.cols * taps[1] * taps[2])
      for (const tier of ['relaxed', 'paired'] as const) expect(shapeOn(text, tier).ahead, text).toBe(0)
    }
    // Nine rows of 14 lines while 15 tiles are multiplied.
    expect(shapeOn('ic64ih224oc3kh3ph1', 'avx512').ahead).toBe(9)
  })

  it('keeps the sums of a block in the first cache', () => {
    for (const [text, rows] of [
      ['ic64ih56oc1kh3ph1', 56],
      ['ic64ih56oc8kh3ph1', 6],
    ] as const) {
      const { blocks } = planPlanes(NAME, parseProblem(text).descriptor, TIERS.avx512.traits, 1)
      expect(blocks[0].rows, text).toBe(rows)
    }
  })

  it('cuts rows for as many workers as there are, whole tiles each', () => {
    const { descriptor } = parseProblem('ic9ih120iw20oc2kh3ph1')
    for (const workers of [1, 2, 8, 64]) {
      const { blocks, shape, steps } = planPlanes(NAME, descriptor, TIERS.avx512.traits, workers)
      expect(blocks.length).toBeGreaterThanOrEqual(Math.min(workers, Math.floor(120 / shape.tile.rows)))
      expect(steps[0].units).toBe(blocks.length)
      let next = 0
      for (const { row, rows } of blocks) {
        expect(row).toBe(next)
        next += rows
      }
      expect(next).toBe(120)
      expect(blocks.slice(0, -1).every(({ rows }) => rows % shape.tile.rows === 0)).toBe(true)
    }
  })

  it('says why it refuses', () => {
    const why = (d: ReturnType<typeof describeConv>, tier: keyof typeof TIERS = 'relaxed') =>
      kernel.refuses(d, TIERS[tier].traits)
    const d = describeConv([4, 9, 9], [4, 4, 3, 3], false)
    expect(why(d)).toBeNull()
    expect(why(d, 'scalar')).toBe('the scalar tier has no vectors')
    expect(why(describeConvTranspose([4, 9, 9], [4, 4, 3, 3], false))).toBe('the convolution is transposed')
    expect(why(describeConv([4, 9, 9, 9], [4, 4, 3, 3, 3], false))).toBe('the convolution is 3-D')
    expect(why(describeConv([4, 9, 9], [4, 4, 3, 3], false, { padding: 1, paddingMode: 'reflect' }))).toBe(
      'the padding is reflect, not zeros',
    )
    const outputs = (ic: number, oc: number) => why(describeConv([ic, 9, 9], [oc, ic, 3, 3], false))
    expect([outputs(15, 9), outputs(16, 32)]).toEqual([null, null])
    expect(outputs(15, 10)).toBe('a group has 10 output channels, of 15 input channels more than 9')
    expect(outputs(16, 33)).toBe('a group has 33 output channels, of 16 input channels more than 32')
    expect(why(describeConv([4, 9, 9], [4, 1, 3, 3], false, { groups: 4 }))).toBe(
      'a group has one input channel, and there is nothing to sum over',
    )
    expect(why(describeConv([4, 9, 9], [4, 4, 1, 1], false))).toBe('every pixel is taken by itself, where it lies')
    expect(why(describeConv([4, 19, 19], [4, 4, 12, 12], false))).toBe('the kernel has 144 taps, more than 128')
    expect(why(describeConv([2, 9, 20_000], [1, 2, 3, 3], false))).toContain('bytes with their padding')
  })

  it('is chosen for a single output channel of many input channels, and not for many', () => {
    const chosen = (x: number[], weight: number[]) => explain(describeConv(x, weight, true, {}), 'relaxed').kernel
    expect(chosen([64, 40, 40], [1, 64, 5, 5])).toBe(NAME)
    expect(chosen([64, 40, 40], [64, 64, 5, 5])).not.toBe(NAME)
  })
})
