import { describeConv, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { rivalsFor, winnerOf } from '../../src/tuning/choose.ts'
import { keyOf } from '../../src/tuning/key.ts'

const { traits } = TIERS.avx512
const d = describeConv([64, 56, 56], [64, 64, 3, 3], false, { padding: 1 })
const strict = describeConv([64, 56, 56], [64, 64, 3, 3], false, { padding: 1, numerics: 'strict' })
const [WINOGRAD, DIRECT] = ['f32-winograd-4x4-3x3', 'f32-direct']

describe('the rivals of a tuning', () => {
  it('begin with the kernel that would run untuned, and leave out what is hopeless', () => {
    expect(rivalsFor(d, traits)[0]).toBe(WINOGRAD)
    expect(rivalsFor(d, traits)).toContain(DIRECT)
    expect(rivalsFor(d, traits)).not.toContain('f32-scalar')
  })

  it('sum in the order of every machine where numerics are strict', () => {
    expect(rivalsFor(strict, traits)).toEqual(['f32-broadcast', DIRECT])
    const strided = describeConv([8, 9, 9], [8, 1, 3, 3], false, { groups: 8, stride: 2, numerics: 'strict' })
    expect(rivalsFor(strided, traits)).toEqual(['f32-depthwise'])
  })

  it('sum in any order where numerics are float32, without a matrix unit', () => {
    const float32 = { ...d, numerics: 'float32' as const }
    expect(rivalsFor(float32, traits)).toEqual(rivalsFor(d, traits))
    expect(rivalsFor(d, TIERS.amx.traits)).toContain('f32-matrix')
    expect(rivalsFor(float32, TIERS.amx.traits)).toEqual(rivalsFor(d, traits))
  })

  it('are the scalar kernel alone where there are no vectors', () => {
    expect(rivalsFor(d, TIERS.scalar.traits)).toEqual(['f32-scalar'])
  })
})

describe('the winner', () => {
  const winner = (times: Record<string, number>, of = d) => winnerOf(of, traits, new Map(Object.entries(times)))

  it('has the least time', () => {
    expect(winner({ [WINOGRAD]: 100, [DIRECT]: 50 })).toBe(DIRECT)
    expect(winner({ [WINOGRAD]: 50, [DIRECT]: 100 })).toBe(WINOGRAD)
  })

  it('is the one of the best estimate where the difference is noise', () => {
    const pointwise = describeConv([64, 56, 56], [64, 64, 1, 1], false)
    const [first, second] = rivalsFor(pointwise, traits)
    expect(winner({ [first]: 100, [second]: 98 }, pointwise)).toBe(first)
    expect(winner({ [first]: 100, [second]: 96 }, pointwise)).toBe(second)
  })

  it('makes up for a larger error', () => {
    expect(winner({ [WINOGRAD]: 89, [DIRECT]: 100 })).toBe(WINOGRAD)
    expect(winner({ [WINOGRAD]: 94, [DIRECT]: 100 })).toBe(DIRECT)
  })

  it('is nobody whom the convolution or its numerics leave out', () => {
    expect(winner({ [WINOGRAD]: 1, [DIRECT]: 100 }, strict)).toBe(DIRECT)
    expect(winner({ [WINOGRAD]: 1 }, strict)).toBeNull()
    expect(winner({ 'f32-pointwise': 1, __proto__: 1, 'no-kernel': 1 })).toBeNull()
  })
})

describe('the key of a convolution', () => {
  it('tells apart whatever changes the time of a kernel, or which ones take it', () => {
    const shape = { x: [8, 9, 10], weight: [16, 8, 3, 3] }
    const keys = [
      describeConv(shape.x, shape.weight, false),
      describeConv([2, ...shape.x], shape.weight, false),
      describeConv([8, 10, 9], shape.weight, false),
      describeConv(shape.x, [17, 8, 3, 3], false),
      describeConv(shape.x, [16, 8, 3, 1], false),
      describeConv(shape.x, [16, 4, 3, 3], false, { groups: 2 }),
      describeConv(shape.x, shape.weight, false, { stride: 2 }),
      describeConv(shape.x, shape.weight, false, { dilation: 2 }),
      describeConv(shape.x, shape.weight, false, { padding: 1 }),
      describeConv(shape.x, shape.weight, false, { padding: 1, paddingMode: 'reflect' }),
      describeConv(shape.x, shape.weight, false, { activation: 'relu' }),
      describeConv(shape.x, shape.weight, false, { numerics: 'strict' }),
      describeConv(shape.x, shape.weight, false, { residual: true }),
    ].map(keyOf)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keyOf(describeConv(shape.x, shape.weight, true))).toBe(keys[0])
  })
})
