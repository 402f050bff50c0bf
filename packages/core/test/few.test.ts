// Winograd convolutions of four tiles of 4x4 outputs at most: filters are sums of taps, made before or each time that they are used.
import { type ConvDescriptor, describeConv, PORTABLE_TIERS, portableWorkspace, Staged, sizeOf, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { MachineTraits } from '../src/isa/machine.ts'
import { planWinograd } from '../src/kernels/winograd/plan.ts'
import { tileTransform } from '../src/kernels/winograd/points.ts'
import { WINOGRADS, winograd } from '../src/kernels/winograd.ts'
import { fewCases, manyUnits } from './few-cases.ts'
import { operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'
import { checkUnits } from './run-units.ts'

const NAME = 'f32-winograd-4x4-3x3'
const { traits: relaxed } = TIERS.relaxed
/** Its registers hold sums at all points of a row of four tiles. */
const MANY: MachineTraits = { ...relaxed, registers: 32 }
const t = tileTransform([4, 4], [3, 3])

/** The output of a plan for such a machine, whose products are computed on the relaxed tier. */
function run(d: ConvDescriptor, traits: MachineTraits): Float32Array {
  const workspace = portableWorkspace('relaxed')
  const kernel = winograd(WINOGRADS[0])
  const plan = kernel.plan(d, traits, 1)
  const { x, weight, bias, residual } = operandsOf(d)
  let end = 1024
  const place = (bytes: number) => {
    const at = end
    end += Math.ceil(bytes / 64) * 64
    return at
  }
  const sizes = [
    4 * sizeOf(d.xShape),
    4 * sizeOf(d.yShape),
    4 * sizeOf(d.yShape),
    plan.packedBytes,
    plan.sharedBytes,
    plan.privateBytes,
  ]
  const [xAt, yAt, residualAt, packed, shared, own] = sizes.map(place)
  workspace.tenant = null
  workspace.reserve(end)
  const { buffer } = workspace.memory
  new Float32Array(buffer, 1024, (end - 1024) / 4).fill(Number.NaN)
  new Float32Array(buffer, xAt).set(x.data)
  if (residual !== null) new Float32Array(buffer, residualAt).set(residual.data)
  kernel.pack(plan, weight.data, bias?.data ?? null, buffer, packed)
  const functions = kernel.functions(plan).map((one) => ({ traits, ...one, name: `${one.name}-of-${traits.registers}` }))
  const code = workspace.callables(functions)
  const named = new Map([...code].map(([name, call]) => [name.replace(/-of-\d+$/, ''), call]))
  const [xItem, yItem] = [sizeOf(d.xShape), sizeOf(d.yShape)].map((size) => (4 * size) / d.batch)
  for (let item = 0; item < d.batch; item++) {
    const at = { x: xAt + item * xItem, y: yAt + item * yItem, residual: residualAt + item * yItem, packed, shared, private: own }
    const staged = new Staged()
    for (const [step, { units }] of plan.steps.entries())
      kernel.runner(plan, named, buffer)(step, 0, units, { ...at, staged }, () => false)
  }
  return new Float32Array(buffer, yAt, sizeOf(d.yShape)).slice()
}

describe('Winograd of few tiles', () => {
  it.each(PORTABLE_TIERS.filter((tier) => tier !== 'scalar'))(
    'is right for every map and channels around every vector, on the %s tier',
    (tier) => {
      for (const d of fewCases()) {
        const operands = operandsOf(d)
        const text = `${d.xShape} * ${d.weightShape}, ${d.before} before, ${d.dilation} apart`
        expect(worstError(runKernel(d, operands, tier, NAME), runOracle(d, operands)), text).toBeLessThan(1e-5)
      }
    },
  )

  it('gives the same bits whether filters are transformed before or where they are used', () => {
    for (const d of fewCases()) {
      const text = `${d.xShape} * ${d.weightShape}`
      const before = [relaxed, MANY].map((traits) => planWinograd('', d, t, traits, 1).taps === null)
      expect(before, text).toEqual([true, false])
      const right = runKernel(d, operandsOf(d), 'relaxed', NAME)
      expect(run(d, MANY), text).toEqual(right)
      expect(runKernel(d, operandsOf(d), 'paired', NAME), text).toEqual(right)
    }
  })

  it('errs by no more than the docstring of the kernel says', () => {
    for (const ic of [1, 3, 64, 512]) {
      const d = describeConv([ic, 7, 8], [6, ic, 3, 3], true, { padding: 1 })
      for (const seed of [1, 2, 3]) {
        const operands = operandsOf(d, seed * ic)
        expect(worstError(runKernel(d, operands, 'relaxed', NAME), runOracle(d, operands)), `${ic}`).toBeLessThan(5e-6)
      }
    }
  })

  it('is the same for units in any order, whatever was done before: of groups, of slabs of a volume, and of factors that workers share', () => {
    const plans = manyUnits().map((d) => planWinograd('', d, t, relaxed, 3))
    expect(plans.map(({ blocks, steps }) => [blocks.length > 1, steps.length])).toEqual([
      [false, 1],
      [true, 1],
      [false, 1],
      [false, 2],
    ])
    for (const d of manyUnits()) checkUnits(portableWorkspace('relaxed'), d, NAME, 3)
  })

  it('is not taken where a row of dilated tiles is more than a vector of four lanes holds whole periods of', () => {
    for (const ic of [4, 132]) {
      const d = describeConv([ic, 4, 13], [9, ic, 3, 3], true, { dilation: [1, 3], padding: [1, 3] })
      const operands = operandsOf(d)
      expect([planWinograd('', d, t, relaxed, 1).few, planWinograd('', d, t, MANY, 1).few]).toEqual([false, false])
      expect(worstError(runKernel(d, operands, 'relaxed', NAME), runOracle(d, operands)), `${ic}`).toBeLessThan(1e-5)
    }
  })

  it('has the same filters on every machine where their sums are subnormal: none', () => {
    const d = describeConv([16, 7, 7], [8, 16, 3, 3], false, { padding: 1 })
    const operands = operandsOf(d)
    const tiny = operands.weight.data.map((value) => value * 1e-36)
    const packed = new Float32Array(planWinograd('', d, t, relaxed, 1).packedBytes / 4)
    winograd(WINOGRADS[0]).pack(planWinograd('', d, t, relaxed, 1), tiny, null, packed.buffer, 0)
    const filters = packed.subarray(0, 36 * 16 * 8)
    expect(filters.some((value) => value !== 0)).toBe(true)
    expect(filters.filter((value) => value !== 0 && Math.abs(value) < 2 ** -126)).toEqual(new Float32Array(0))
  })

  const planned = (x: number[], oc: number, traits: MachineTraits, dilation = 1) =>
    planWinograd('', describeConv(x, [oc, x[0], 3, 3], false, { padding: dilation, dilation }), t, traits, 1)

  it('has narrower chunks of output channels where workers would go without', () => {
    const widths = (workers: number) => {
      const d = describeConv([64, 7, 7], [64, 64, 3, 3], false, { padding: 1 })
      return planWinograd('', d, t, TIERS.avx2.traits, workers).chunks.map(({ width }) => width)
    }
    expect(widths(4)).toEqual([16, 16, 16, 16])
    expect(widths(5)).toEqual([8, 8, 8, 8, 8, 8, 8, 8])
  })

  it('leaves out the products at infinity of tiles that are not whole', () => {
    const products = (...size: number[]) => planned([1, ...size], 1, TIERS.avx512.traits).macs
    expect([products(8, 8), products(7, 7), products(7, 8), products(3, 16), products(1, 1)]).toEqual([144, 121, 132, 120, 25])
    expect(planned([1, 7, 7], 1, relaxed).macs).toBe(144)
    expect(planned([1, 5, 5], 1, TIERS.avx512.traits, 2).macs).toBe(100)
  })

  it('packs filters as their taps where registers are many, or filters are; else, and of five tiles, transformed', () => {
    const taps = (tier: keyof typeof TIERS, ic: number, oc: number, width = 7) =>
      planned([ic, 7, width], oc, TIERS[tier].traits).taps !== null
    expect([taps('avx512', 3, 5), taps('avx512', 512, 512, 9)]).toEqual([true, false])
    for (const tier of ['avx2', 'paired'] as const)
      expect([taps(tier, 3, 5), taps(tier, 170, 171), taps(tier, 171, 171)], tier).toEqual([false, false, true])
    expect([taps('relaxed', 512, 512), taps('simd128', 512, 512)]).toEqual([false, false])
    expect(planned([512, 7, 7], 512, TIERS.avx512.traits).packedBytes).toBeLessThan(4 * 512 * 512 * 9 + 8192)
  })
})
