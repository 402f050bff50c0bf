// Activations of numbers that no sum of pixels is likely to be: the same on every tier.
import { type ActivationOption, describeConv, PORTABLE_TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { operandsOf, runKernel } from './run-kernel.ts'

const INFINITE: readonly [activation: ActivationOption, below: number, above: number][] = [
  ['relu', 0, Number.POSITIVE_INFINITY],
  ['relu6', 0, 6],
  ['leakyRelu', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  ['silu', Number.NaN, Number.POSITIVE_INFINITY],
  ['hardSwish', Number.NaN, Number.POSITIVE_INFINITY],
]

describe.each(PORTABLE_TIERS)('an activation on the %s tier', (tier) => {
  it.each(INFINITE)('%s of sums that are infinite is the limit, or NaN where there is none', (activation, below, above) => {
    const d = describeConv([1, 3, 40], [1, 1, 1, 1], false, { activation })
    const operands = operandsOf(d)
    operands.weight.data[0] = 1
    operands.x.data.set([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], 50)
    expect(Array.from(runKernel(d, operands, tier).slice(50, 52))).toEqual([below, above])
  })

  it.each([
    ['sigmoid', 2e-7],
    ['silu', 4e-6],
  ] as const)('%s of numbers from -25 to 25 is as far as %d from its definition', (activation, bound) => {
    const d = describeConv([1, 1, 20_001], [1, 1, 1, 1], false, { activation })
    const operands = operandsOf(d)
    operands.weight.data[0] = 1
    operands.x.data.forEach((_, i) => {
      operands.x.data[i] = (i - 10_000) / 400
    })
    const worst = runKernel(d, operands, tier).reduce((most, y, i) => {
      const x = operands.x.data[i]
      const wanted = activation === 'sigmoid' ? 1 / (1 + Math.exp(-x)) : x / (1 + Math.exp(-x))
      return Math.max(most, Math.abs(y - wanted))
    }, 0)
    expect(worst).toBeLessThan(bound)
  })
})
