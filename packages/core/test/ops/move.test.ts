import { describe, expect, it } from 'vitest'
import { float, numbers, planOf, runOp, value } from './run-op.ts'

describe('gather', () => {
  const table = float([3, 2], [0, 1, 10, 11, 20, 21])

  it('counts negative indices from the end, and puts the axes of the indices in place of its own', () => {
    const [got] = runOp('gather', [table, value('int64', [2, 1], [-1, 0])], { axis: 0 })
    expect(got.shape).toEqual([2, 1, 2])
    expect(numbers(got)).toEqual([20, 21, 0, 1])
    expect(numbers(runOp('gather', [table, value('int64', [], [1])], { axis: -1 })[0])).toEqual([1, 11, 21])
  })

  it('names an index that is outside', () => {
    expect(() => runOp('gather', [table, value('int64', [1], [3])], { axis: 0 })).toThrow('no entry 3 on axis 0 of (3, 2)')
  })
})

describe('shapes that do not fit', () => {
  it('are named by every mover', () => {
    const x = float([2, 6], [])
    expect(() => planOf('transpose', [x], { perm: [0, 0] })).toThrow('(0, 0) name one axis twice')
    expect(() => planOf('concat', [x, float([3, 6], [])], { axis: 1 })).toThrow('(3, 6) and (2, 6) differ beside axis 1')
    expect(() => planOf('split', [x], { axis: 1, sizes: [2, 2] })).toThrow('(2, 2) do not make up axis 1 of (2, 6)')
    expect(() => planOf('slice', [x], { start: [0, 4], step: [1, 2], count: [2, 2] })).toThrow('are not all in (2, 6)')
    expect(() => planOf('tile', [x], { repeats: [2] })).toThrow('(2, 6)')
    expect(() => planOf('depthToSpace', [float([1, 6, 2, 2], [])], { block: 2, blockFirst: true })).toThrow('6 of (1, 6, 2, 2)')
    expect(() => planOf('pad', [x], { mode: 'reflect', before: [0, 6], after: [0, 0], value: 0 })).toThrow('axis 1 of (2, 6)')
    expect(() => planOf('concat', [x], { axis: 2 })).toThrow('axis 2 is not among the 2 axes')
  })

  it('are too large to plan before anything is allocated', () => {
    expect(() => planOf('fill', [], { shape: [2 ** 20, 2 ** 20], dtype: 'float32', value: 0 })).toThrow('the limit is')
  })
})

describe('empty values', () => {
  it('go through every mover', () => {
    const none = float([2, 0, 3], [])
    expect(runOp('transpose', [none], { perm: [2, 1, 0] })[0].shape).toEqual([3, 0, 2])
    expect(runOp('concat', [none, float([2, 1, 3], [1, 2, 3, 4, 5, 6])], { axis: 1 })[0].shape).toEqual([2, 1, 3])
    expect(runOp('slice', [none], { start: [0, 0, 0], step: [1, 1, 1], count: [2, 0, 3] })[0].shape).toEqual([2, 0, 3])
    expect(numbers(runOp('pad', [none], { mode: 'constant', before: [0, 1, 0], after: [0, 0, 0], value: 2 })[0])).toEqual([
      2, 2, 2, 2, 2, 2,
    ])
    expect(runOp('tile', [none], { repeats: [1, 5, 1] })[0].shape).toEqual([2, 0, 3])
  })
})

describe('padding wrapped around', () => {
  it('goes round as often as it takes', () => {
    const params = { mode: 'wrap', before: [5], after: [4], value: 0 }
    expect(numbers(runOp('pad', [float([3], [1, 2, 3])], params)[0])).toEqual([2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1])
  })
})
