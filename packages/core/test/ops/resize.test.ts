import type { OpParams } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { float, numbers, planOf, runOp, value } from './run-op.ts'

function params(n: readonly number[], shape: readonly number[], changes: OpParams = {}): OpParams {
  return {
    mode: 'nearest',
    coordinates: 'asymmetric',
    rounding: 'floor',
    cubic: -0.75,
    excludeOutside: false,
    antialias: false,
    extrapolation: 0,
    shape,
    scales: shape.map((extent, axis) => extent / n[axis]),
    roiBegin: n.map(() => 0),
    roiEnd: n.map(() => 1),
    ...changes,
  }
}

describe('resizing', () => {
  it('rounds to a neighbour by each of the four rules', () => {
    const x = float([4], [0, 1, 2, 3])
    const at = (rounding: string) => numbers(runOp('resize', [x], params([4], [8], { rounding }))[0])
    expect(at('floor')).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(at('ceil')).toEqual([0, 1, 1, 2, 2, 3, 3, 3])
    expect(at('roundPreferFloor')).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(at('roundPreferCeil')).toEqual([0, 1, 1, 2, 2, 3, 3, 3])
  })

  it.each([
    ['doubles', [2, 3, 4, 5], [2, 3, 8, 10]],
    ['widens by a part', [2, 3, 4, 5], [2, 3, 7, 12]],
    ['shrinks, and repeats channels', [1, 3, 9, 11], [2, 5, 4, 3]],
  ])('takes the number beneath, on all axes: %s', (_, from, to) => {
    const size = from.reduce((product, n) => product * n, 1)
    const x = float(
      from,
      Array.from({ length: size }, (_, i) => i + 1),
    )
    const wanted: number[] = []
    const under = (i: number, axis: number) => Math.floor((i * from[axis]) / to[axis] + 1e-9)
    for (let n = 0; n < to[0]; n++)
      for (let c = 0; c < to[1]; c++)
        for (let h = 0; h < to[2]; h++)
          for (let w = 0; w < to[3]; w++)
            wanted.push(((under(n, 0) * from[1] + under(c, 1)) * from[2] + under(h, 2)) * from[3] + under(w, 3) + 1)
    expect(numbers(runOp('resize', [x], params(from, to))[0])).toEqual(wanted)
  })

  it('fills what is outside of a crop of neighbours, and copies no row from there', () => {
    const crop = { coordinates: 'cropAndResize', extrapolation: 9, roiBegin: [-1, -1], roiEnd: [1, 2] }
    const [got] = runOp('resize', [float([2, 2], [0, 1, 2, 3])], params([2, 2], [5, 4], crop))
    expect(numbers(got)).toEqual([9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 1, 9, 9, 0, 1, 9, 9, 2, 3, 9])
  })

  it('keeps the middle where a length was rounded, with the symmetric rule', () => {
    const x = float([4], [0, 1, 2, 3])
    const [got] = runOp('resize', [x], params([4], [6], { mode: 'linear', coordinates: 'halfPixelSymmetric', scales: [1.7] }))
    const mirrored = numbers(got)
      .toReversed()
      .map((v) => 3 - v)
    numbers(got).forEach((v, i) => {
      expect(v).toBeCloseTo(mirrored[i], 6)
    })
  })

  it('fills what is outside of a crop, on any axis', () => {
    const crop = { mode: 'linear', coordinates: 'cropAndResize', extrapolation: 9, roiBegin: [0, -1], roiEnd: [2, 1] }
    const [got] = runOp('resize', [float([2, 2], [0, 1, 2, 3])], params([2, 2], [3, 3], crop))
    expect(numbers(got)).toEqual([9, 0, 1, 9, 2, 3, 9, 9, 9])
  })

  it('repeats whole numbers, and refuses to blend them', () => {
    const x = value('int64', [2], [3, 4])
    expect(numbers(runOp('resize', [x], params([2], [4]))[0])).toEqual([3, 3, 4, 4])
    expect(() => planOf('resize', [x], params([2], [4], { mode: 'linear' }))).toThrow('resize takes float32')
  })

  it('names scales that are none', () => {
    expect(() => planOf('resize', [float([2], [])], params([2], [4], { scales: [0] }))).toThrow('(2) cannot be scaled by (0)')
  })
})
