// Winograd convolutions of one block of 4x4 outputs with many filters, which are sums of taps: made before, or by each worker.
import { type ConvDescriptor, describeConv, PORTABLE_TIERS, portableWorkspace, TIERS, type TierName } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { planWinograd } from '../src/kernels/winograd/plan.ts'
import { tileTransform } from '../src/kernels/winograd/points.ts'
import { WINOGRADS, winograd } from '../src/kernels/winograd.ts'
import { operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'
import { checkUnits } from './run-units.ts'
import { sumsCases } from './sums-cases.ts'

const NAME = 'f32-winograd-4x4-3x3'
const t = tileTransform([4, 4], [3, 3])
const plan = (d: ConvDescriptor, tier: TierName, workers = 1) => planWinograd('', d, t, TIERS[tier].traits, workers)

describe('Winograd of many filters', () => {
  it('is right around every edge of tiles and channels, with the same bits whether filters are made before or where they are used', () => {
    const made = new Set<boolean>()
    for (const d of sumsCases()) {
      const operands = operandsOf(d)
      const text = `${d.xShape} * ${d.weightShape}`
      expect([plan(d, 'relaxed').sums, plan(d, 'relaxed').made], text).toEqual([true, false])
      made.add(plan(d, 'paired').made)
      const y = runKernel(d, operands, 'relaxed', NAME)
      const right = runOracle(d, operands)
      expect(worstError(y, right), text).toBeLessThan(1e-5)
      expect(runKernel(d, operands, 'paired', NAME), text).toEqual(y)
      expect(worstError(runKernel(d, operands, 'simd128', NAME), right), text).toBeLessThan(1e-5)
    }
    expect(made).toEqual(new Set([true, false]))
  })

  it('errs by no more than the docstring of the kernel says', () => {
    for (const [ic, oc] of [
      [8, 2048],
      [128, 128],
      [512, 32],
    ]) {
      const d = describeConv([ic, 7, 12], [oc, ic, 3, 3], true, { padding: 1 })
      expect(plan(d, 'relaxed').sums).toBe(true)
      const operands = operandsOf(d, ic)
      expect(worstError(runKernel(d, operands, 'relaxed', NAME), runOracle(d, operands)), `${ic}`).toBeLessThan(5e-6)
    }
  })

  it.each(PORTABLE_TIERS.filter((tier) => tier !== 'scalar'))(
    'is the same for units in any order, whatever was done before, on the %s tier',
    (tier) => {
      const units = [
        describeConv([2, 184, 9, 10], [164, 92, 3, 3], true, { padding: 1, groups: 2 }),
        describeConv([2, 1024, 14, 13], [24, 1024, 3, 3], true, { padding: 1 }),
        describeConv([2, 128, 2, 140], [114, 128, 3, 3], true, { padding: 1 }),
      ]
      // Workers with factors of their own, three that share them, and two blocks.
      expect(units.map((d) => [plan(d, tier, 3).steps.length, plan(d, tier, 3).blocks.length])).toEqual([
        [1, 1],
        [2, 1],
        [1, 2],
      ])
      for (const d of units) checkUnits(portableWorkspace(tier), d, NAME, 3)
    },
  )

  it('sums taps from 2 MiB of filters on, in one block of more than four tiles that are neither apart nor of a volume', () => {
    const sums = (x: number[], oc: number, options = {}, taps: number[] = []) => {
      return plan(describeConv(x, [oc, x[0], ...taps, 3, 3], false, { padding: 1, ...options }), 'paired').sums
    }
    expect([sums([128, 9, 9], 113), sums([128, 9, 9], 114)]).toEqual([false, true])
    expect([sums([128, 32, 32], 114), sums([128, 32, 33], 114)]).toEqual([true, false])
    expect([sums([128, 9, 9], 114, { dilation: 2, padding: 2 }), sums([64, 3, 9, 9], 114, {}, [3])]).toEqual([false, false])
  })

  it('packs taps where vectors of eight lanes wait for what they cannot ask for ahead, and fill whole ones; else filters', () => {
    const packed = (tier: TierName, ic: number) => plan(describeConv([ic, 14, 14], [128, ic, 3, 3], false, { padding: 1 }), tier)
    const taps = (tier: TierName, ic: number) => packed(tier, ic).packedBytes < 4 * 128 * ic * 9 + 8192
    expect((['simd128', 'relaxed', 'paired', 'avx2', 'avx512'] as const).map((tier) => taps(tier, 128))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ])
    expect([taps('paired', 132), taps('paired', 136)]).toEqual([false, true])
  })

  it('packs no subnormal filters, nor taps', () => {
    const d = describeConv([128, 9, 9], [128, 128, 3, 3], false, { padding: 1 })
    const tiny = operandsOf(d).weight.data.map((value) => value * 1e-36)
    for (const tier of ['relaxed', 'paired'] as const) {
      const one = plan(d, tier)
      const packed = new Float32Array(one.packedBytes / 4)
      winograd(WINOGRADS[0]).pack(one, tiny, null, packed.buffer, 0)
      const filters = packed.subarray(0, one.biasAt / 4)
      expect(filters.some((value) => value !== 0)).toBe(true)
      expect(filters.filter((value) => value !== 0 && Math.abs(value) < 2 ** -126)).toEqual(new Float32Array(0))
    }
  })
})
