import { KERNELS, LocalLayer, PORTABLE_TIERS, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { torchCases } from './torch-cases.ts'

const cases = torchCases()

describe.each(PORTABLE_TIERS)('the %s tier', (tier) => {
  it.each(KERNELS)('gives what PyTorch gives in every stored case that $name takes', ({ name: kernel, refuses, error }) => {
    let taken = 0
    for (const { name, descriptor, x, weight, bias, expected, exact } of cases) {
      expect(descriptor.yShape, name).toEqual(expected.shape)
      if (refuses(descriptor, TIERS[tier].traits) !== null) continue
      const layer = new LocalLayer(descriptor, weight, bias, { tier, kernel })
      const y = new Float32Array(expected.size).fill(Number.NaN)
      layer.run(x.data, y)
      const worst = y.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0)
      expect(y.some(Number.isNaN), `${name}: an output was not written`).toBe(false)
      const strict = refuses({ ...descriptor, numerics: 'strict' }, TIERS[tier].traits) === null
      expect(worst, name).toBeLessThanOrEqual(strict ? (exact ? 0 : 1e-6) : error)
      taken++
    }
    const takesAny =
      kernel === 'f32-scalar' ||
      (tier !== 'scalar' && (!['f32-matrix', 'f32-gemv'].includes(kernel) || TIERS[tier].traits.matrix))
    expect(taken > 0).toBe(takesAny)
  })
})
