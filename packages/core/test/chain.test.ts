// Chains: a depthwise convolution with the pointwise ones beside it gives the bits that they give one after the other.
import {
  type ChainDescriptor,
  chainGain,
  chainMisfit,
  convsOf,
  describeChain,
  describeConv,
  joinWeights,
  LocalLayer,
  PORTABLE_TIERS,
  refusesChain,
  Staged,
  selectChain,
  sizeOf,
  TIERS,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { inputRowCount, inputRows } from '../src/kernels/depthwise/shape.ts'
import { tileOf } from '../src/kernels/tile.ts'
import { chainCases } from './chain-cases.ts'
import type { OracleResult } from './oracle.ts'
import { chainOperandsOf, runApart, runChain } from './run-chain.ts'
import { runOracle, worstError } from './run-kernel.ts'

const VECTORS = PORTABLE_TIERS.filter((tier) => TIERS[tier].traits.lanes > 1)
const textOf = (chain: ChainDescriptor) =>
  convsOf(chain)
    .map(({ xShape, weightShape }) => `${xShape} * ${weightShape}`)
    .join(', ')

describe.each(VECTORS)('a chain on the %s tier', (tier) => {
  const { traits } = TIERS[tier]

  it('gives the bits of its convolutions around every edge, whatever the pieces and their order', () => {
    let most = 0
    for (const convs of chainCases({ lanes: traits.lanes, rows: tileOf(traits).rows })) {
      const chain = describeChain(convs)
      expect(refusesChain(chain, traits), textOf(chain)).toBeNull()
      const operands = chainOperandsOf(chain)
      const expected = runApart(convs, operands, tier)
      for (const workers of [1, 2, 5]) {
        const { y, pieces } = runChain(chain, operands, tier, workers)
        expect(y, `${textOf(chain)}, ${pieces} pieces`).toEqual(expected)
        expect(runChain(chain, operands, tier, workers, true).y, `${textOf(chain)}, ${pieces} together`).toEqual(expected)
        most = Math.max(most, pieces)
      }
    }
    expect(most).toBeGreaterThan(4)
  })

  it('is within the error of its kernels of the oracle', () => {
    for (const convs of chainCases({ lanes: traits.lanes, rows: tileOf(traits).rows }).filter((_, i) => i % 9 === 0)) {
      const chain = describeChain(convs)
      const { x, residual, weights } = chainOperandsOf(chain)
      let wanted: OracleResult = { y: Float64Array.from(x.data), magnitude: new Float64Array() }
      convs.forEach((d, i) => {
        const { weight, bias } = weights[i]
        wanted = runOracle(d, { x: { data: wanted.y }, weight, bias, residual: d.residual ? residual : null })
      })
      const { weight, bias } = joinWeights(chain, weights)
      const y = new Float32Array(sizeOf(chain.yShape)).fill(Number.NaN)
      new LocalLayer(chain, weight, bias, { tier }).run(x.data, y, residual?.data)
      expect(worstError(y, wanted), textOf(chain)).toBeLessThan(1e-5)
    }
  })
})

describe('the input rows under a tile of a depthwise convolution', () => {
  it('are as many as are counted', () => {
    for (let kh = 1; kh <= 6; kh++)
      for (let strideY = 1; strideY <= 4; strideY++)
        for (let dilationY = 1; dilationY <= 4; dilationY++)
          for (let rows = 1; rows <= 8; rows++) {
            const shape = { kernel: [kh, 3] as const, strideY, dilationY }
            expect(inputRowCount(shape, rows), JSON.stringify({ ...shape, rows })).toBe(inputRows(shape, rows).length)
          }
  })
})

describe('a chain', () => {
  const pointwise = describeConv([8, 20, 24], [12, 8, 1, 1], true)
  const depthwise = describeConv([12, 20, 24], [12, 1, 3, 3], true, { padding: 1, groups: 12 })
  const after = describeConv([12, 20, 24], [9, 12, 1, 1], true, { residual: true })

  it.each([
    ['of one', [depthwise], 'there are 1, not two or three'],
    ['of none that is depthwise', [pointwise, after], 'none is depthwise in two dimensions'],
    ['of two that are depthwise', [depthwise, depthwise], 'number 2 is not pointwise'],
    ['in another order', [depthwise, after, pointwise], 'of three the second must be depthwise'],
    [
      'of shapes that do not follow each other',
      [depthwise, pointwise],
      'number 2 takes (8, 20, 24), and the one before it gives (12, 20, 24)',
    ],
    ['with a residual within', [{ ...pointwise, residual: true }, depthwise], 'number 1 adds a residual, and only the last may'],
    [
      'of a strided product',
      [depthwise, describeConv([12, 20, 24], [9, 12, 1, 1], true, { stride: 2 })],
      'number 2 is not pointwise',
    ],
    [
      'of a product in groups',
      [depthwise, describeConv([12, 20, 24], [10, 6, 1, 1], true, { groups: 2 })],
      'number 2 is not pointwise',
    ],
  ])('is refused: %s', (_, convs, reason) => {
    expect(chainMisfit(convs)).toContain(reason)
    expect(() => describeChain(convs)).toThrow(reason)
  })

  it('is refused by a tier without vectors, and where its rows do not fill a tile', () => {
    const chain = describeChain([pointwise, depthwise, after])
    expect(() => selectChain(chain, TIERS.scalar.traits, 1)).toThrow('kernel f32-chain refuses: the scalar tier has no vectors')
    const small = describeChain([
      describeConv([12, 3, 3], [12, 1, 3, 3], true, { padding: 1, groups: 12 }),
      describeConv([12, 3, 3], [9, 12, 1, 1], true),
    ])
    expect(refusesChain(small, TIERS.avx512.traits)).toContain('rows of 3 pixels, as many as a cache holds, do not fill a tile')
    expect(chainGain(small, TIERS.avx512.traits, 2)).toBe(0)
  })

  it('is cancelled before it begins another part', () => {
    const chain = describeChain([pointwise, depthwise, after])
    const { kernel, plan } = selectChain(chain, TIERS.relaxed.traits, 4)
    let calls = 0
    const code = new Map(kernel.functions(plan).map(({ name }) => [name, () => void calls++]))
    const run = kernel.runner(plan, code, new ArrayBuffer(1 << 16))
    const at = { x: 0, y: 0, residual: 0, packed: 0, shared: 0, private: 0, staged: new Staged() }
    expect(run(0, 0, plan.steps[0].units, at, () => true)).toBe(false)
    expect(calls).toBe(0)
    expect(run(0, 0, plan.steps[0].units, at, () => calls >= 3)).toBe(false)
    expect(calls).toBeLessThan(6)
  })

  it('is worth it where what lies between is large, and not where rows between pieces cost more', () => {
    const block = (ic: number, channels: number, oc: number, side: number) =>
      describeChain([
        describeConv([ic, side, side], [channels, ic, 1, 1], true),
        describeConv([channels, side, side], [channels, 1, 3, 3], true, { padding: 1, groups: channels }),
        describeConv([channels, side, side], [oc, channels, 1, 1], true),
      ])
    for (const { traits } of [TIERS.avx512, TIERS.paired]) {
      for (const workers of [1, 2, 4]) expect(chainGain(block(16, 96, 24, 112), traits, workers)).toBeGreaterThan(0)
      expect(chainGain(block(64, 384, 64, 14), traits, 16)).toBe(0)
      expect(chainGain(block(160, 960, 160, 7), traits, 2)).toBe(0)
    }
  })
})
