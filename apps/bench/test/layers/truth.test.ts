import { operandsOf } from '@weft/commands/operands'
import { distanceOf, errorOf, truthOf } from '@weft/commands/truth'
import { conv, convTranspose, type FloatTensor, parseProblem, Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { judge, WORST_ERROR } from '../../src/layers/entrant.ts'
import { outcome } from './sample-rows.ts'

function computed(text: string) {
  const d = parseProblem(text).descriptor
  const { params, inputs } = operandsOf(d)
  const data = { x: inputs[0], weight: (params.weight as FloatTensor).data, bias: (params.bias as FloatTensor).data }
  const y = (d.transposed ? convTranspose : conv)(new Tensor(inputs[0], d.xShape), params).data as Float32Array
  return { y, truth: truthOf(d, data) }
}

describe('truthOf', () => {
  it.each([
    'ic8ih9oc6kh3sh2ph1',
    'mb2g4ic8ih9oc12kh3ph2dh1',
    'g6ic6ih7oc12kh5ph2',
    'ic4iw33oc6kw5pw1',
    'ic3id5ih6iw7oc4kd2kh3kw1pd1ph1pw0',
    'tr1ic4ih5oc6kh3sh2ph1',
    'tr1g2ic4ih5iw6oc6kh4kw3sh2sw3ph1pw0',
  ])('agrees with core on %s', (text) => {
    const { y, truth } = computed(text)
    expect(errorOf(y, truth)).toBeLessThan(1e-6)
  })
})

describe('a result', () => {
  const { y, truth } = computed('ic64ih20oc16kh3ph1')
  const judged = (found: Float32Array, first: Float32Array | null = y, impl: 'weft' | 'pytorch' = 'pytorch') => {
    const one = outcome(impl, 2, [])
    judge(one, found, truth, first)
    return one
  }

  it('is taken where it differs by rounding', () => {
    const rounded = y.map((value) => value * (1 + 1e-6))
    expect(judged(rounded).trouble).toBeNull()
    expect(judged(rounded).error).toBeLessThan(WORST_ERROR)
  })
  it('is wrong where all is moved by a pixel', () => {
    expect(judged(Float32Array.from([...y.slice(1), 0])).trouble).toMatch(/^wrong: .* from the definition/)
  })
  it('is wrong where the bias is left out', () => {
    expect(judged(y.map((value) => value - 0.5)).trouble).toMatch(/^wrong: /)
  })
  it('is wrong where one number is, even between the samples', () => {
    const place = y.findIndex((_, index) => !truth.places.includes(index))
    const off = y.slice()
    off[place] += 0.01 * truth.scale
    expect(judged(off).trouble).toMatch(/^wrong somewhere, or weft is: .* from weft's result/)
    off[place] = Number.NaN
    expect(judged(off).trouble).toMatch(/infinitely far/)
  })
  it('is wrong where it is of another size', () => {
    expect(distanceOf(y.subarray(1), y, truth)).toBe(Number.POSITIVE_INFINITY)
  })
  it('of weft must have the same bits on every number of threads', () => {
    const off = y.slice()
    off[3] *= 1 + 2 ** -23
    expect(judged(off, y, 'weft').trouble).toMatch(/2 threads: 1 of 6400 numbers differ/)
    expect(judged(y.slice(), y, 'weft').trouble).toBeNull()
  })
})
