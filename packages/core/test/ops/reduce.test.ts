import { describe, expect, it } from 'vitest'
import { float, numbers, planOf, runOp, value } from './run-op.ts'

/** Around one, two, three and ten times the sixteen sums of a row. */
const LENGTHS = [...Array.from({ length: 33 }, (_, i) => i + 1), 47, 48, 49, 50, 169]
const sum = (row: ArrayLike<number>) => Array.from(row).reduce((total, x) => total + x, 0)

describe('reductions', () => {
  it('sum in double precision, so that small numbers are not lost beside large ones', () => {
    const x = float([4], [2 ** 25, 1, 1, -(2 ** 25)])
    expect(numbers(runOp('reduceSum', [x], { axes: [0], keep: false })[0])).toEqual([2])
  })

  it.each(['reduceSum', 'reduceMean'])(
    'of dense rows are as good as in double precision, to the last bit or its neighbour: %s',
    (op) => {
      for (const size of LENGTHS) {
        const rows = [
          // Of every sign and size,
          Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + size) * 2 ** ((i * 7) % 41)),
          // that cancel out but for the first,
          Array.from({ length: size }, (_, i) => (i === 0 ? 2 ** -20 : i === size - 1 && size % 2 === 0 ? 0 : (-1) ** i * 1e6)),
          // and that are all lost beside one of them.
          Array.from({ length: size }, (_, i) => (i === size >> 1 ? 2 ** 24 : 1 - 2 ** -24)),
        ].map((row) => Float32Array.from(row))
        const x = float(
          [rows.length, size],
          rows.flatMap((row) => Array.from(row)),
        )
        const got = numbers(runOp(op, [x], { axes: [1], keep: false })[0])
        rows.forEach((row, i) => {
          const wanted = sum(row) / (op === 'reduceSum' ? 1 : size)
          expect(Math.abs(got[i] - wanted), `row ${i} of ${size}`).toBeLessThanOrEqual(Math.abs(wanted) * 2 ** -23)
        })
      }
    },
  )

  it('of rows with infinite numbers are infinite, or not a number', () => {
    const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
    const x = float([4, 3], [1, inf, 2, -inf, 1, 2, inf, 1, -inf, 1, nan, 2])
    expect(numbers(runOp('reduceMean', [x], { axes: [1], keep: false })[0])).toEqual([inf, -inf, nan, nan])
  })

  it('cut means of whole numbers towards 0', () => {
    expect(numbers(runOp('reduceMean', [value('int64', [2], [-3, -4])], { axes: [0], keep: false })[0])).toEqual([-3])
  })

  it('map every number alone where no axis is reduced', () => {
    expect(numbers(runOp('reduceL2', [float([2], [-3, 2])], { axes: [], keep: true })[0])).toEqual([3, 2])
  })

  it('do not overflow in the logarithm of a sum of powers', () => {
    const [got] = runOp('reduceLogSumExp', [float([2], [1000, 1000])], { axes: [0], keep: false })
    expect(got.data[0]).toBeCloseTo(1000 + Math.LN2, 3)
  })

  it('name axes that are not there', () => {
    expect(() => planOf('reduceMax', [float([2, 3], [])], { axes: [1, -1], keep: true })).toThrow('name one axis twice')
    expect(() => planOf('argMax', [float([2, 3], [])], { axis: 2, keep: true, last: false })).toThrow('axis 2')
  })
})

describe('the largest', () => {
  it('is the first or the last among equals', () => {
    const x = float([1, 4], [1, 5, 5, 2])
    expect(numbers(runOp('argMax', [x], { axis: 1, keep: false, last: false })[0])).toEqual([1])
    expect(numbers(runOp('argMax', [x], { axis: 1, keep: false, last: true })[0])).toEqual([2])
    expect(numbers(runOp('topK', [x], { axis: 1, k: 3, largest: true })[1])).toEqual([1, 2, 3])
  })

  it('cannot be more than there are', () => {
    expect(() => planOf('topK', [float([1, 4], [])], { axis: 1, k: 5, largest: true })).toThrow(
      'no 5 entries on axis 1 of (1, 4)',
    )
  })
})

describe('softmax', () => {
  it('stays finite for large numbers, and adds up to 1', () => {
    const got = numbers(runOp('softmax', [float([1, 3], [1e4, 1e4 - 1, -1e4])], { begin: 1, end: 2 })[0])
    expect(got[0] + got[1] + got[2]).toBeCloseTo(1, 6)
    expect(got[0] / got[1]).toBeCloseTo(Math.E, 4)
  })
})

describe('suppression', () => {
  const boxes = float([1, 3, 4], [0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 5, 1, 6])
  const scores = float([1, 1, 3], [0.5, 0.9, 0.7])

  it('fills what is not used with zeros, and says how much is', () => {
    const params = { most: 3, overlap: 0.5, score: 0, centred: false }
    const [rows, count] = runOp('nonMaxSuppression', [boxes, scores], params)
    expect(numbers(count)).toEqual([2])
    expect(numbers(rows)).toEqual([0, 0, 1, 0, 0, 2, 0, 0, 0])
  })

  it.each([0.5, Number.NaN])('refuses to keep %d boxes', (most) => {
    const params = { most, overlap: 0.5, score: 0, centred: false }
    expect(() => runOp('nonMaxSuppression', [boxes, scores], params)).toThrow(
      expect.objectContaining({ code: 'SHAPE', message: expect.stringContaining(`at most ${most} boxes`) }),
    )
  })

  it('gives nothing where nothing may be kept', () => {
    const [rows, count] = runOp('nonMaxSuppression', [boxes, scores], { most: 0, overlap: 0.5, score: 0, centred: false })
    expect(rows.shape).toEqual([0, 3])
    expect(numbers(count)).toEqual([0])
  })
})
