// Which kernel is chosen, and that the choice never changes bits from machine to machine.
import {
  type ConvDescriptor,
  candidatesFor,
  describeConv,
  describeConvTranspose,
  explain,
  KERNELS,
  parseProblem,
  select,
  TIER_NAMES,
  TIERS,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { operandsOf, runKernel } from './run-kernel.ts'

const VECTOR_TIERS = ['simd128', 'relaxed', 'paired', 'avx2', 'avx512'] as const
const SEED = 40_417

/** Convolutions of few and many channels, in groups, depthwise and not, with every stride and padding. */
function randomDescriptors(count: number): ConvDescriptor[] {
  let state = SEED
  const pick = (low: number, high: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return low + Math.floor((state / 2 ** 32) * (high - low + 1))
  }
  return Array.from({ length: count }, () => {
    const groups = pick(0, 1) === 0 ? pick(1, 12) : 1
    const [icPerGroup, ocPerGroup] = [pick(0, 1) === 0 ? 1 : pick(1, 40), pick(1, 20)]
    const kernel = [pick(1, 5), pick(1, 5)]
    const options = { groups, stride: [pick(1, 4), pick(1, 4)], dilation: [1, pick(1, 2)], padding: [pick(0, 2), pick(0, 2)] }
    const x = [groups * icPerGroup, pick(5, 40), pick(9, 40)]
    return describeConv(x, [groups * ocPerGroup, icPerGroup, ...kernel], true, options)
  })
}

const orderOn = (d: ConvDescriptor, tier: keyof typeof TIERS) => select(d, TIERS[tier].traits).kernel.order(d)

describe('the kernel that is chosen', () => {
  it(`sums in the same order on every machine with vectors, seed ${SEED}`, () => {
    for (const d of randomDescriptors(400)) {
      const orders = new Set(VECTOR_TIERS.map((tier) => orderOn(d, tier)))
      expect(orders.size, `${d.xShape} ${d.weightShape} stride ${d.stride}`).toBe(1)
    }
  })

  it('sums in the same order where rows nearly are too wide to be staged', () => {
    for (let width = 5400; width < 5480; width++) {
      const d = describeConv([2, 9, width], [2, 1, 3, 3], false, { groups: 2, stride: 2, padding: 1 })
      expect(new Set(VECTOR_TIERS.map((tier) => orderOn(d, tier))).size, `width ${width}`).toBe(1)
    }
  })

  it(`gives the bits of every other kernel of its order, seed ${SEED}`, () => {
    let compared = 0
    for (const [index, d] of randomDescriptors(200).entries()) {
      const operands = operandsOf(d, index + 1)
      for (const tier of ['simd128', 'relaxed', 'paired'] as const) {
        const taking = KERNELS.filter((kernel) => kernel.refuses(d, TIERS[tier].traits) === null)
        for (const order of new Set(taking.map((kernel) => kernel.order(d)))) {
          const [first, ...others] = taking.filter((kernel) => kernel.order(d) === order).map(({ name }) => name)
          const bits = runKernel(d, operands, tier, first)
          for (const other of others) {
            compared++
            expect(runKernel(d, operands, tier, other), `${first}, ${other}, case ${index}, ${tier}`).toEqual(bits)
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(50)
  })

  it('is the one of the least estimate in its order', () => {
    for (const d of randomDescriptors(100)) {
      for (const tier of TIER_NAMES) {
        const { candidates } = candidatesFor(d, TIERS[tier].traits)
        const rivals = candidates.filter(({ inOrder }) => inOrder === candidates[0].inOrder)
        expect(candidates[0].micros).toBe(Math.min(...rivals.map(({ micros }) => micros)))
        expect(select(d, TIERS[tier].traits).kernel.name).toBe(candidates[0].kernel)
      }
    }
  })

  it(`is planned for the convolution that it was made for, whatever a kernel makes of it, seed ${SEED}`, () => {
    const lines = ['g64ic64ih32oc64kh1', 'ic64ih32oc64kh1', 'g64ic64ih1iw512oc128kh1'].map(
      (text) => parseProblem(text).descriptor,
    )
    for (const d of [...lines, ...randomDescriptors(20)]) {
      for (const tier of TIER_NAMES) {
        for (const kernel of KERNELS.filter(({ refuses }) => refuses(d, TIERS[tier].traits) === null)) {
          expect(kernel.plan(d, TIERS[tier].traits, 2).descriptor, `${kernel.name} on ${tier}`).toBe(d)
        }
      }
    }
  })

  it('is the scalar one where there are no vectors', () => {
    for (const d of randomDescriptors(20)) expect(select(d, TIERS.scalar.traits).kernel.name).toBe('f32-scalar')
  })
})

describe('an estimate', () => {
  it.each([
    ['1-D', parseProblem('ic3iw16000oc64kw400sw160').descriptor],
    ['3-D', parseProblem('ic8id9ih10iw11oc6kd3kh3kw3pd1ph1').descriptor],
    ['of a single pixel', describeConv([1, 1, 1], [1, 1, 1, 1], false)],
    ['with reflected padding', describeConv([5, 9, 9], [7, 5, 3, 3], false, { padding: 1, paddingMode: 'reflect' })],
    ['of nothing but padding', describeConv([4, 1, 1], [4, 4, 3, 3], false, { padding: 3, stride: 3 })],
    ['transposed', describeConvTranspose([6, 7, 8], [6, 4, 3, 3], false, { stride: 2 })],
    ['transposed at a stride beyond the picture', describeConvTranspose([1, 2], [1, 1, 3], false, { stride: 20_000 })],
  ])('is a time for a convolution %s, on every tier and by every kernel that takes it', (_, d) => {
    for (const tier of TIER_NAMES) {
      for (const { kernel, micros } of candidatesFor(d, TIERS[tier].traits).candidates) {
        expect(micros > 0 && Number.isFinite(micros), `${kernel} on ${tier}: ${micros}`).toBe(true)
      }
    }
  })

  it('grows with the channels', () => {
    const times = (channels: number) => {
      const d = describeConv([channels, 28, 28], [channels, channels, 3, 3], false)
      return new Map(candidatesFor(d, TIERS.avx2.traits).candidates.map(({ kernel, micros }) => [kernel, micros]))
    }
    const [few, more, many] = [16, 32, 64].map(times)
    for (const [kernel, time] of few) expect(more.get(kernel), kernel).toBeGreaterThan(time)
    const taken = [...more].filter(([kernel]) => kernel !== 'f32-planes')
    for (const [kernel, time] of taken) expect(many.get(kernel), kernel).toBeGreaterThan(time)
    expect(many.has('f32-planes')).toBe(false)
  })

  it('is explained for every kernel that takes the convolution; the others give a reason', () => {
    const explained = explain(describeConv([64, 30, 30], [64, 64, 3, 3], false, { padding: 1 }), 'avx512')
    expect(explained.candidates[0].kernel).toBe(explained.kernel)
    expect([...explained.candidates, ...explained.refusals].map(({ kernel }) => kernel).sort()).toEqual(
      KERNELS.map(({ name }) => name).sort(),
    )
    const text = explained.toString()
    for (const { kernel } of explained.candidates) expect(text).toMatch(new RegExp(`^  ${kernel}: [\\d.]+ (us|ms|s)$`, 'm'))
    for (const { kernel, reason } of explained.refusals) expect(text).toContain(`  ${kernel}: ${reason}`)
  })
})
