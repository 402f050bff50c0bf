// What every start is tried against: the bits that are written down are those of the relaxed tier, and they are right.
import { describe, expect, it } from 'vitest'
import { describeConv } from '../src/conv/descriptor.ts'
import { TIERS } from '../src/isa/tiers.ts'
import { KERNELS } from '../src/kernels/registry.ts'
import { scalar } from '../src/kernels/scalar.ts'
import { answerOf, checksum, KNOWN } from '../src/known-answers.ts'

describe('known answers', () => {
  it.each(KNOWN.map((known, index) => [index, known] as const))(
    'has the bits of the relaxed tier, of every kernel: number %i',
    (_, known) => {
      const d = describeConv(known.x, known.weight, true, known.options)
      const kernels = KERNELS.filter((one) => one !== scalar && one.refuses(d, TIERS.relaxed.traits) === null)
      expect(known.bits).toEqual(Object.fromEntries(kernels.map(({ name }) => [name, checksum(answerOf(d, 'relaxed', name))])))
    },
  )

  it('is right by plain loops, for every kernel', () => {
    for (const known of KNOWN) {
      const d = describeConv(known.x, known.weight, true, known.options)
      const right = answerOf(d, 'scalar')
      const products = 1 + (d.ic / d.groups) * d.kernel[1] * d.kernel[2]
      for (const { name, error } of KERNELS.filter(({ name }) => known.bits[name] !== undefined)) {
        const off = answerOf(d, 'relaxed', name).reduce((worst, value, i) => Math.max(worst, Math.abs(value - right[i])), 0)
        expect(off, `${name} of ${known.x}`).toBeLessThanOrEqual(error * products)
      }
    }
  })

  it('takes every kernel between them', () => {
    const taken = new Set(KNOWN.flatMap(({ bits }) => Object.keys(bits)))
    expect([...taken].sort()).toEqual(
      KERNELS.map(({ name }) => name)
        .filter((name) => name !== scalar.name)
        .sort(),
    )
  })

  it('has another checksum when a bit changes, or two numbers change places; none when a 0 changes its sign', () => {
    const numbers = Float32Array.of(1, 0, 3)
    const other = numbers.slice()
    new Uint32Array(other.buffer)[0] ^= 1
    const sums = [numbers, other, Float32Array.of(0, 1, 3), Float32Array.of(1, 0)].map(checksum)
    expect(new Set(sums).size).toBe(4)
    expect(checksum(Float32Array.of(1, -0, 3))).toBe(sums[0])
  })
})
