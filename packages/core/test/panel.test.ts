// Panels of the direct kernel: which machines copy the pixels of a block for all output channels.
import { describeConv, describeConvTranspose, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { planDirect } from '../src/kernels/direct/plan.ts'
import { pointwise } from '../src/kernels/pointwise.ts'
import { wideWindows } from './direct-cases.ts'
import { panelCases } from './panel-cases.ts'
import { operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'

describe('a panel', () => {
  const has = (d: Parameters<typeof planDirect>[0], tier: 'avx2' | 'avx512') => planDirect(d, TIERS[tier].traits).panel !== null
  const conv = (ic: number, size: number, dilation: number, oc = 256) =>
    describeConv([ic, size, size], [oc, ic, 3, 3], true, { padding: dilation, dilation })

  it('is made on machines of few registers, and on others where much lies under a few rows of output', () => {
    for (const d of [conv(256, 28, 1), conv(512, 14, 1), conv(256, 28, 2)]) {
      expect([has(d, 'avx2'), has(d, 'avx512')]).toEqual([true, false])
    }
    for (const d of [conv(256, 33, 12), conv(512, 28, 4), ...wideWindows(16)]) {
      expect([has(d, 'avx2'), has(d, 'avx512')]).toEqual([true, true])
    }
  })

  it('is not made of transposed ones on machines of many registers', () => {
    const d = describeConvTranspose([1024, 28, 28], [1024, 256, 4, 4], true, { padding: 1, stride: 2 })
    expect([has(d, 'avx2'), has(d, 'avx512')]).toEqual([true, false])
  })

  it('is not made for few output channels', () => {
    expect([has(conv(256, 33, 12, 16), 'avx2'), has(conv(256, 33, 12, 16), 'avx512')]).toEqual([false, false])
  })

  it.each([
    ['relaxed', 8],
    ['paired', 16],
  ] as const)('is right around every edge of the tiles that are copied together, on the %s tier', (tier, tile) => {
    for (const { kernel, d } of panelCases(tile)) {
      const plan = kernel === 'f32-direct' ? planDirect(d, TIERS[tier].traits) : pointwise.plan(d, TIERS[tier].traits, 1)
      expect(plan.panel?.cols).toBe(2)
      const operands = operandsOf(d)
      const y = runKernel(d, operands, tier, kernel)
      expect(worstError(y, runOracle(d, operands)), `${kernel} ${d.xShape}`).toBeLessThan(1e-5)
    }
  })
})
