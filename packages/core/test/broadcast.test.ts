import { describeConv, describeConvTranspose, explain, KERNELS, PORTABLE_TIERS, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { planBroadcast } from '../src/kernels/broadcast/plan.ts'
import { checkReach } from '../src/kernels/broadcast/reach.ts'
import { cover, coverSizes } from '../src/kernels/broadcast/shape.ts'
import { broadcastCases } from './broadcast-cases.ts'
import { operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'

const NAME = 'f32-broadcast'
const tiers = PORTABLE_TIERS.filter((tier) => tier !== 'scalar')
const kernel = KERNELS.find(({ name }) => name === NAME) as (typeof KERNELS)[number]

describe.each(tiers)('the broadcast kernel on the %s tier', (tier) => {
  it('is right around every edge, and gives the bits of the direct kernel', () => {
    for (const lanes of new Set([TIERS[tier].traits.lanes, 16])) {
      for (const d of broadcastCases({ ...TIERS[tier].traits, lanes })) {
        const operands = operandsOf(d)
        const y = runKernel(d, operands, tier, NAME)
        const what = `${d.xShape} * ${d.weightShape}, stride ${d.stride}, padding ${d.before}`
        expect(worstError(y, runOracle(d, operands)), what).toBeLessThan(kernel.error)
        expect(y, what).toEqual(runKernel(d, operands, tier, 'f32-direct'))
      }
    }
  })

  it('stores the rest of a tile where a picture holds infinities and NaN', () => {
    const d = describeConv([4, 5, 5], [2 * TIERS[tier].traits.lanes + 3, 4, 3, 3], true, { padding: 1 })
    const operands = operandsOf(d)
    operands.x.data[7] = Number.NaN
    operands.x.data[60] = Number.POSITIVE_INFINITY
    expect(runKernel(d, operands, tier, NAME)).toEqual(runKernel(d, operands, tier, 'f32-direct'))
  })
})

describe('the broadcast kernel', () => {
  it('agrees to the bit on every fused machine', () => {
    const fused = tiers.filter((tier) => TIERS[tier].traits.fused)
    for (const d of broadcastCases(TIERS.avx512.traits)) {
      const operands = operandsOf(d)
      const [first, ...others] = fused.map((tier) => runKernel(d, operands, tier, NAME))
      for (const other of others) expect(other, `${d.xShape} * ${d.weightShape}`).toEqual(first)
    }
  })

  it('says why it refuses', () => {
    const d = describeConv([4, 9, 9], [4, 4, 3, 3], false)
    expect(kernel.refuses(d, TIERS.relaxed.traits)).toBeNull()
    expect(kernel.refuses(d, TIERS.scalar.traits)).toBe('the scalar tier has no vectors')
    const transposed = describeConvTranspose([4, 9, 9], [4, 4, 3, 3], false)
    expect(kernel.refuses(transposed, TIERS.relaxed.traits)).toBe('the convolution is transposed')
    const deep = describeConv([4, 9, 9, 9], [4, 4, 3, 3, 3], false)
    expect(kernel.refuses(deep, TIERS.relaxed.traits)).toBe('the convolution is 3-D')
    const mirrored = describeConv([4, 9, 9], [4, 4, 3, 3], false, { padding: 1, paddingMode: 'reflect' })
    expect(kernel.refuses(mirrored, TIERS.relaxed.traits)).toBe('the padding is reflect, not zeros')
    const added = describeConv([4, 9, 9], [6, 4, 3, 3], false, { residual: true })
    expect(kernel.refuses(added, TIERS.relaxed.traits)).toBe('a residual is added to 4 channels at once, and a group has 6')
  })

  it('does not give out a plan that reaches outside of what it booked', () => {
    const plan = planBroadcast(NAME, describeConv([8, 9, 17], [6, 8, 3, 3], false, { padding: 1 }), TIERS.relaxed.traits)
    expect(() => checkReach(plan)).not.toThrow()
    const [block] = plan.blocks
    const broken = (change: Partial<typeof block>) => ({ ...plan, blocks: [{ ...block, ...change }] })
    expect(() => checkReach({ ...plan, sharedBytes: plan.sharedBytes - 4096 })).toThrow('the plan reads bytes')
    expect(() => checkReach(broken({ x: -4096 }))).toThrow('the plan reads bytes -')
    expect(() => checkReach(broken({ y: 4 * 9 * 17 }))).toThrow('the plan writes bytes')
  })

  it('covers a block with tiles, every pixel once', () => {
    for (const most of [1, 2, 6, 9, 14, 30]) {
      for (const [rows, cols] of [
        [1, 49],
        [7, 7],
        [14, 14],
        [5, 1],
        [3, 29],
        [13, 6],
        [30, 2],
      ]) {
        const seen = new Int32Array(rows * cols)
        for (const tile of cover(rows, cols, most)) {
          expect(tile.rows * tile.cols).toBeLessThanOrEqual(most)
          for (let r = 0; r < tile.rows; r++) for (let c = 0; c < tile.cols; c++) seen[(tile.row + r) * cols + tile.col + c]++
        }
        expect(
          seen.every((times) => times === 1),
          `${rows} x ${cols} by ${most}`,
        ).toBe(true)
        const pixels = cover(rows, cols, most).map((tile) => tile.rows * tile.cols)
        const counted = coverSizes(rows, cols, most).flatMap(({ pixels, count }) => new Array<number>(count).fill(pixels))
        expect(counted.sort()).toEqual(pixels.sort())
      }
    }
  })

  it('is chosen for small maps, and not for large ones', () => {
    const chosen = (x: number[], weight: number[]) => explain(describeConv(x, weight, true, {}), 'relaxed').kernel
    expect(chosen([512, 7, 7], [2048, 512, 1, 1])).toBe(NAME)
    expect(chosen([16, 112, 112], [96, 16, 1, 1])).not.toBe(NAME)
  })
})
