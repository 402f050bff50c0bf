import { describe, expect, it } from 'vitest'
import { float, numbers, planOf, runOp, value } from './run-op.ts'

/** Small whole numbers, so that every sum is exact. */
function ramp(shape: readonly number[], step: number) {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return float(
    shape,
    Array.from({ length: size }, (_, i) => ((i * step) % 13) - 6),
  )
}

describe('matrix products', () => {
  it.each([1, 3, 4, 5, 31, 32, 33])('are exact for %i rows, below, at and above the tile', (m) => {
    for (const n of [1, 3, 4, 5, 63, 64, 65]) {
      const [a, b] = [ramp([m, 6], 5), ramp([6, n], 7)]
      const wanted = Array.from({ length: m * n }, (_, i) => {
        const [row, column] = [Math.floor(i / n), i % n]
        return Array.from({ length: 6 }, (_, k) => a.data[row * 6 + k] * b.data[k * n + column]).reduce((x, y) => x + y, 0)
      })
      expect(numbers(runOp('matMul', [a, b])[0]).map((x) => x + 0)).toEqual(wanted.map((x) => x + 0))
    }
  })

  it('multiply whole numbers', () => {
    const a = value('int64', [1, 2], [2 ** 40, 3])
    expect(numbers(runOp('matMul', [a, value('int64', [2, 1], [4, 5])])[0])).toEqual([2 ** 42 + 15])
  })

  it('of no terms are zeros, and gemm without an addend adds none', () => {
    expect(numbers(runOp('matMul', [float([2, 0], []), float([0, 2], [])])[0])).toEqual([0, 0, 0, 0])
    const params = { alpha: 2, beta: 9, transposeA: false, transposeB: false }
    expect(numbers(runOp('gemm', [float([1, 1], [3]), float([1, 1], [4]), null], params)[0])).toEqual([24])
  })

  it('name shapes that do not fit', () => {
    expect(() => planOf('matMul', [float([2, 3], []), float([4, 2], [])])).toThrow('(2, 3) and (4, 2) do not fit')
    const params = { alpha: 1, beta: 1, transposeA: true, transposeB: false }
    expect(() => planOf('gemm', [float([3, 2], []), float([3, 4], []), float([3], [])], params)).toThrow('(2, 4) and (3)')
  })
})
