// What every start is tried against: the bits that are written down are those of the relaxed tier, and they are right.
import { type FloatTensor, Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { describeConv } from '../src/conv/descriptor.ts'
import { TIERS } from '../src/isa/tiers.ts'
import { matrix } from '../src/kernels/matrix.ts'
import { KERNELS } from '../src/kernels/registry.ts'
import { scalar } from '../src/kernels/scalar.ts'
import { answerOf, checksum, KNOWN, magnitudeOf, pattern, triedOn } from '../src/known-answers.ts'
import { runOracle } from './run-kernel.ts'

/** Numbers of 8 significant bits, rounded to nearest. */
function leading({ data, shape }: FloatTensor): FloatTensor {
  const bits = new Int32Array(data.slice().buffer).map((word) => (word + 0x8000) & 0xffff0000)
  return new Tensor(new Float32Array(bits.buffer), shape)
}

describe('known answers', () => {
  it.each(KNOWN.map((known, index) => [index, known] as const))(
    'has the bits of the relaxed tier, of every kernel: number %i',
    (_, known) => {
      const d = describeConv(known.x, known.weight, true, known.options)
      const kernels = triedOn(known, d, TIERS.relaxed.traits)
      const { 'f32-matrix': _matrix, 'f32-gemv': _gemv, ...bits } = known.bits
      expect(bits).toEqual(Object.fromEntries(kernels.map(({ name }) => [name, checksum(answerOf(d, 'relaxed', name))])))
      expect(Object.keys(known.bits)).toEqual(triedOn(known, d, TIERS.amx.traits).map(({ name }) => name))
    },
  )

  it('is right by plain loops, for every kernel', () => {
    for (const known of KNOWN) {
      const d = describeConv(known.x, known.weight, true, known.options)
      const right = answerOf(d, 'scalar')
      const products = 1 + (d.ic / d.groups) * d.kernel[1] * d.kernel[2]
      const kernels = triedOn(known, d, TIERS.relaxed.traits)
      for (const { name, error } of kernels) {
        const off = answerOf(d, 'relaxed', name).reduce((worst, value, i) => Math.max(worst, Math.abs(value - right[i])), 0)
        expect(off, `${name} of ${known.x}`).toBeLessThanOrEqual(error * products)
      }
    }
  })

  it('is known too well for a matrix kernel that leaves out what is left of numbers after their leading parts', () => {
    for (const known of KNOWN.filter(({ bits }) => bits['f32-matrix'] !== undefined)) {
      const d = describeConv(known.x, known.weight, true, known.options)
      const [x, weight, bias] = [pattern(d.xShape, 3), pattern(d.weightShape, 5), pattern([d.oc], 7)]
      const { y } = runOracle(d, { x, weight, bias, residual: null })
      const leaves = (operands: { x?: FloatTensor; weight?: FloatTensor }) => {
        const other = runOracle(d, { x, weight, bias, residual: null, ...operands })
        return y.reduce((most, value, i) => Math.max(most, Math.abs(value - other.y[i])), 0)
      }
      const limit = matrix.error * magnitudeOf(known)
      expect(leaves({ x: leading(x) }), `${known.x}, pixels`).toBeGreaterThan(2 * limit)
      expect(leaves({ weight: leading(weight) }), `${known.x}, weights`).toBeGreaterThan(2 * limit)
    }
  })

  it('takes every kernel between them, of those of Winograd that differ in taps alone one', () => {
    const taken = new Set(KNOWN.flatMap(({ bits }) => Object.keys(bits)))
    const alike = [
      '4x4-5x5-s2',
      '4x4-4x4-s2',
      '2x2-4x4-s2',
      '1x4-1x3-s2',
      '1x4-1x5-s2',
      '4x1-3x1-s2',
      '4x1-5x1-s2',
      '1x4-1x5',
      '1x2-1x7',
      '4x1-5x1',
      '2x1-7x1',
    ].map((of) => `f32-winograd-${of}`)
    expect([...taken, ...alike, scalar.name].sort()).toEqual(KERNELS.map(({ name }) => name).sort())
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
