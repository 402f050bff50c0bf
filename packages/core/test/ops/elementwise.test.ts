import { describe, expect, it } from 'vitest'
import { float, numbers, planOf, runOp, value } from './run-op.ts'

describe('functions of one number', () => {
  it('round halves to even', () => {
    expect(numbers(runOp('round', [float([6], [-1.5, -0.5, 0.5, 1.5, 2.5, 2.4])])[0])).toEqual(
      [-2, 0, 0, 2, 2, 2].map((n) => n + 0),
    )
  })

  it('keep e^x within two units of float32 over all of its range, and infinities and NaN as they are', () => {
    const xs = Array.from({ length: 2001 }, (_, i) => -104 + i * 0.096)
    const got = numbers(runOp('exp', [float([xs.length], xs)])[0])
    got.forEach((y, i) => {
      const wanted = Math.fround(Math.exp(Math.fround(xs[i])))
      expect(Math.abs(y - wanted)).toBeLessThanOrEqual(Math.max(wanted * 2 ** -23, 2 ** -149))
    })
    const ends = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, 0]
    expect(numbers(runOp('exp', [float([4], ends)])[0])).toEqual([0, Number.POSITIVE_INFINITY, Number.NaN, 1])
  })

  it('keep erf exact beyond where its series ends', () => {
    const [low, high] = numbers(runOp('erf', [float([2], [-2.5, 3])])[0])
    expect(low).toBeCloseTo(-0.999593047982555, 7)
    expect(high).toBeCloseTo(0.999977909503001, 7)
  })

  it('refuse types that they are not defined for', () => {
    expect(() => planOf('sigmoid', [value('int64', [2], [1, 2])])).toThrow('sigmoid takes float32; it was given int64 (2)')
  })
})

describe('functions of two numbers', () => {
  it('keep int64 exact to 2^53, and cut quotients towards 0', () => {
    const a = value('int64', [3], [2 ** 53 - 1, -7, 7])
    expect(numbers(runOp('sub', [a, value('int64', [], [1])])[0])).toEqual([2 ** 53 - 2, -8, 6])
    expect(numbers(runOp('div', [a, value('int64', [1], [2])])[0])).toEqual([2 ** 52 - 1, -3, 3])
  })

  it('wrap int32 products and uint8 sums as processors do', () => {
    const large = value('int32', [1], [2 ** 30 + 3])
    expect(numbers(runOp('mul', [large, large])[0])).toEqual([Math.imul(2 ** 30 + 3, 2 ** 30 + 3)])
    expect(numbers(runOp('add', [value('uint8', [1], [250]), value('uint8', [1], [10])])[0])).toEqual([4])
  })

  it('name shapes that do not broadcast, and types that differ', () => {
    expect(() => planOf('add', [float([2, 3], []), float([2, 4], [])])).toThrow('(2, 3) and (2, 4) do not broadcast')
    expect(() => planOf('mul', [float([2], []), value('int64', [2], [])])).toThrow('float32, int64')
  })

  it('take empty values', () => {
    expect(runOp('add', [float([0, 3], []), float([3], [1, 2, 3])])[0].shape).toEqual([0, 3])
  })
})

describe('where', () => {
  it('broadcasts its three inputs to one shape', () => {
    const [got] = runOp('where', [value('bool', [2, 1], [1, 0]), value('int64', [], [7]), value('int64', [3], [1, 2, 3])])
    expect(got.shape).toEqual([2, 3])
    expect(numbers(got)).toEqual([7, 7, 7, 1, 2, 3])
  })
})

describe('cast', () => {
  it('cuts towards 0, and makes bool of whatever is not 0', () => {
    const x = float([4], [-1.75, 0, 0.5, 3.9])
    expect(numbers(runOp('cast', [x], { to: 'int64' })[0]).map((n) => n + 0)).toEqual([-1, 0, 0, 3])
    expect(numbers(runOp('cast', [x], { to: 'bool' })[0])).toEqual([1, 0, 1, 1])
  })
})

describe('dropout', () => {
  it('keeps everything at ratio 0, and about its part above, the same numbers for the same seed', () => {
    const x = float([1000], new Array(1000).fill(1))
    expect(numbers(runOp('dropout', [x], { ratio: 0, seed: 1 })[0])).toEqual(numbers(x))
    const [first, kept] = runOp('dropout', [x], { ratio: 0.75, seed: 5 })
    expect(runOp('dropout', [x], { ratio: 0.75, seed: 5 })[0]).toEqual(first)
    const count = numbers(kept).reduce((sum, one) => sum + one, 0)
    expect(count).toBeGreaterThan(200)
    expect(count).toBeLessThan(300)
    expect(numbers(first)).toEqual(numbers(kept).map((one) => 4 * one))
  })
})
