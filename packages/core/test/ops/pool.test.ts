import { describe, expect, it } from 'vitest'
import { float, numbers, planOf, runOp, value } from './run-op.ts'

const row = { kernel: [2], stride: [2], dilation: [1], before: [0], after: [0], ceil: false }

describe('pooling', () => {
  it('leaves out, with ceil, a window that begins in the padding after the pixels', () => {
    const x = float([1, 1, 5], [1, 2, 3, 4, 5])
    const params = { ...row, before: [1], after: [1], ceil: true }
    expect(numbers(runOp('maxPool', [x], params)[0])).toEqual([1, 3, 5])
  })

  it('counts padding, but never what ceil adds beyond it, in a mean', () => {
    const x = float([1, 1, 3], [2, 4, 6])
    expect(numbers(runOp('averagePool', [x], { ...row, ceil: true, countPadding: true })[0])).toEqual([3, 6])
    expect(numbers(runOp('averagePool', [x], { ...row, after: [1], countPadding: true })[0])).toEqual([3, 3])
    expect(numbers(runOp('averagePool', [x], { ...row, after: [1], countPadding: false })[0])).toEqual([3, 6])
  })

  it('takes sizes to any power', () => {
    const x = float([1, 1, 4], [-1, 2, 3, -4])
    expect(numbers(runOp('lpPool', [x], { ...row, p: 1 })[0])).toEqual([3, 7])
    expect(runOp('lpPool', [x], { ...row, p: 3 })[0].data[1]).toBeCloseTo((27 + 64) ** (1 / 3), 6)
  })

  it('pools bytes, and gives places in the order that is asked', () => {
    const x = value('uint8', [1, 1, 2, 3], [1, 9, 3, 4, 5, 8])
    const params = { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0], ceil: false }
    expect(numbers(runOp('maxPool', [x], params)[0])).toEqual([9, 9])
    expect(numbers(runOp('maxPoolPlaces', [x], { ...params, columnMajor: false })[1])).toEqual([1, 1])
    expect(numbers(runOp('maxPoolPlaces', [x], { ...params, columnMajor: true })[1])).toEqual([2, 2])
  })

  it('takes a window of billions of pixels that has padding nearly everywhere, and does so at once', () => {
    const wide = { kernel: [2 ** 31], stride: [1], dilation: [1], before: [2 ** 30], after: [2 ** 30], ceil: false }
    const x = float([1, 1, 3], [1, 5, 3])
    expect(numbers(runOp('maxPool', [x], wide)[0])).toEqual([5, 5, 5, 5])
    expect(numbers(runOp('averagePool', [x], { ...wide, countPadding: false })[0])).toEqual([3, 3, 3, 3])
    expect(numbers(runOp('averagePool', [x], { ...wide, countPadding: true })[0])).toEqual(new Array(4).fill(9 / 2 ** 31))
    expect(numbers(runOp('maxPoolPlaces', [x], { ...wide, columnMajor: false })[1])).toEqual([1, 1, 1, 1])
    const far = { ...wide, stride: [2 ** 30], before: [2 ** 31], after: [0] }
    expect(numbers(runOp('lpPool', [x], { ...far, p: 1 })[0])).toEqual([0])
  })

  it('names a window that does not fit, and lists that are not as long as the axes', () => {
    const x = float([1, 1, 3], [])
    expect(() => planOf('maxPool', [x], { ...row, kernel: [5] })).toThrow('a window of 5 pixels does not fit into 3')
    expect(() => planOf('maxPool', [x], { ...row, stride: [1, 1] })).toThrow('stride (1, 1) does not fit (1, 1, 3)')
  })
})
