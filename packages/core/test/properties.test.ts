import { conv, corr2dMultiInOut1x1, type Range, shard, Tensor } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TIERS } from '../src/isa/tiers.ts'
import { blocksFirst, unitAt, unitsOf } from '../src/kernels/range.ts'
import { eighths } from './torch-cases.ts'

// Eighths make every sum exact, so that equalities hold to the bit where numerics are strict: Winograd's transforms round. A failure prints its seed.
const NUMERICS = ['strict', 'fast'] as const

/**
 * Equal where numerics are strict; else but for what those transforms round: of either side 1e-5 of `sizes`, which is what the sizes of an
 * output's products sum up to at most.
 */
function expectAlike(numerics: (typeof NUMERICS)[number], actual: Float32Array, expected: Float32Array, sizes: number): void {
  expect(actual).toHaveLength(expected.length)
  if (numerics === 'strict') expect(actual).toEqual(expected)
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0)
  expect(worst).toBeLessThanOrEqual(2e-5 * sizes)
}

const size = (min: number, max: number) => fc.integer({ min, max })
const seed = size(1, 1e6)

describe('convolution', () => {
  it('is linear in the picture', () => {
    fc.assert(
      fc.property(size(1, 9), size(1, 9), size(3, 20), size(3, 20), seed, (ic, oc, h, w, s) => {
        const [a, b, weight] = [eighths([ic, h, w], s), eighths([ic, h, w], s + 1), eighths([oc, ic, 3, 3], s + 2)]
        const sum = new Tensor(
          a.data.map((value, i) => 2 * value + b.data[i]),
          a.shape,
        )
        for (const numerics of NUMERICS) {
          const [ya, yb, y] = [a, b, sum].map((x) => conv(x, { weight, padding: 1, numerics }).data as Float32Array)
          const added = ya.map((value, i) => 2 * value + yb[i])
          expectAlike(numerics, y, added, 3 * 9 * ic)
        }
      }),
    )
  })

  it('moves with the picture', () => {
    fc.assert(
      fc.property(size(1, 6), size(4, 18), size(4, 18), size(1, 3), seed, (ic, h, w, by, s) => {
        const [x, weight] = [eighths([ic, h, w], s), eighths([5, ic, 2, 3], s + 1)]
        const moved = Tensor.zeros([ic, h, w + by])
        for (let row = 0; row < ic * h; row++) moved.data.set(x.data.subarray(row * w, (row + 1) * w), row * (w + by) + by)
        const [y, later] = [conv(x, { weight }), conv(moved, { weight })]
        const [, rows, cols] = y.shape
        for (let row = 0; row < 5 * rows; row++) {
          const shifted = later.data.subarray(row * (cols + by) + by, (row + 1) * (cols + by))
          expect(shifted).toEqual(y.data.subarray(row * cols, (row + 1) * cols))
        }
      }),
    )
  })

  it('with a 1x1 kernel is the matrix product', () => {
    fc.assert(
      fc.property(size(1, 20), size(1, 20), size(1, 12), size(1, 12), seed, (ic, oc, h, w, s) => {
        const [x, weight] = [eighths([ic, h, w], s), eighths([oc, ic, 1, 1], s + 1)]
        expect(conv(x, { weight }).data).toEqual(corr2dMultiInOut1x1(x, weight).data)
      }),
    )
  })

  it('in groups is the one whose kernel is block-diagonal', () => {
    fc.assert(
      fc.property(size(1, 4), size(1, 5), size(1, 5), size(3, 14), seed, (groups, ic, oc, n, s) => {
        const [x, weight] = [eighths([groups * ic, n, n], s), eighths([groups * oc, ic, 3, 3], s + 1)]
        const full = Tensor.zeros([groups * oc, groups * ic, 3, 3])
        for (let o = 0; o < groups * oc; o++) {
          const first = Math.floor(o / oc) * ic
          full.data.set(weight.data.subarray(o * ic * 9, (o + 1) * ic * 9), (o * groups * ic + first) * 9)
        }
        for (const numerics of NUMERICS) {
          const inGroups = conv(x, { weight, groups, padding: 1, numerics })
          const whole = conv(x, { weight: full, padding: 1, numerics })
          expectAlike(numerics, inGroups.data as Float32Array, whole.data as Float32Array, 9 * ic)
        }
      }),
    )
  })
})

describe('sharding', () => {
  it('covers every unit exactly once, in order, for any costs and any number of workers', () => {
    fc.assert(
      fc.property(fc.array(size(1, 1000), { minLength: 1, maxLength: 200 }), size(1, 64), (costs, workers) => {
        const lots = shard(Float64Array.from(costs), workers)
        expect(lots).toHaveLength(workers)
        const ranges = lots.flat()
        const units = ranges.flatMap(({ begin, end }) => Array.from({ length: end - begin }, (_, i) => begin + i))
        expect(units).toEqual(costs.map((_, i) => i))
        expect(ranges.every(({ begin, end }) => begin < end)).toBe(true)
      }),
    )
  })

  it('leaves no worker with more than its share and the largest unit, when each claims as soon as it is free', () => {
    fc.assert(
      fc.property(fc.array(size(1, 1000), { minLength: 1, maxLength: 200 }), size(1, 64), (costs, workers) => {
        const busy = new Float64Array(workers)
        const lots = shard(Float64Array.from(costs), workers)
        while (lots.some(({ length }) => length > 0)) {
          const free = busy.indexOf(Math.min(...busy))
          const turns = lots.map((_, turn) => lots[(free + turn) % workers])
          const lot = turns.find(({ length }) => length > 0) as Range[]
          const { begin, end } = lot.shift() as Range
          busy[free] += costs.slice(begin, end).reduce((sum, cost) => sum + cost, 0)
        }
        const share = costs.reduce((sum, cost) => sum + cost, 0) / workers
        expect(Math.max(...busy)).toBeLessThanOrEqual(share * 1.5 + Math.max(...costs))
      }),
    )
  })

  it('gives a worker pixels of its own until weights are twice as many, on machines of many registers as many', () => {
    const upTo = (tier: keyof typeof TIERS) => [99, 100, 199, 200].map((weights) => blocksFirst(weights, 100, TIERS[tier].traits))
    for (const tier of ['relaxed', 'paired', 'avx2'] as const) expect(upTo(tier), tier).toEqual([true, true, true, false])
    for (const tier of ['avx512', 'amx'] as const) expect(upTo(tier), tier).toEqual([true, false, false, false])
  })

  it('walks any range of units once, whichever way they are numbered', () => {
    fc.assert(
      fc.property(size(1, 9), size(1, 9), fc.nat(81), fc.nat(81), fc.boolean(), (tiles, blocks, a, b, blockMajor) => {
        const grid = { tiles, blocks, blockMajor }
        const [begin, end] = [Math.min(a, b), Math.max(a, b)].map((value) => Math.min(value, tiles * blocks))
        const number = ({ tile, block }: { tile: number; block: number }) =>
          blockMajor ? block * tiles + tile : tile * blocks + block
        const walked = [...unitsOf(begin, end, grid)].map(number).sort((x, y) => x - y)
        expect(walked).toEqual(Array.from({ length: end - begin }, (_, i) => begin + i))
        expect(walked.map((unit) => number(unitAt(unit, grid)))).toEqual(walked)
      }),
    )
  })
})
