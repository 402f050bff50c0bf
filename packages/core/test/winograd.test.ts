import {
  type ConvDescriptor,
  type ConvOptions,
  type ConvTransposeOptions,
  describeConv,
  describeConvTranspose,
  KERNELS,
  PORTABLE_TIERS,
  portableWorkspace,
  select,
  TIERS,
  type TierName,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { orderFor } from '../src/kernels/registry.ts'
import { planWinograd } from '../src/kernels/winograd/plan.ts'
import { filterMatrix, tileTransform, transformOf } from '../src/kernels/winograd/points.ts'
import { productsPitch } from '../src/kernels/winograd/sizes.ts'
import { WINOGRADS, winograd, winogradName } from '../src/kernels/winograd.ts'
import { noise, operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'
import { checkUnits } from './run-units.ts'

const tiers = PORTABLE_TIERS.filter((tier) => tier !== 'scalar')
/** Of both axes the larger numbers: along an axis of one tap they are more than it takes. */
const transforms = WINOGRADS.map((shape) => ({
  name: winogradName(shape),
  m: Math.max(...shape.m),
  r: Math.max(...shape.r),
  taps: shape.r,
  stride: shape.stride,
}))
const { traits } = TIERS.relaxed

describe.each(transforms)('$name', ({ name, m, r, taps, stride }) => {
  /** Of an axis of one tap 1. */
  const strides = taps.map((tap) => (tap === 1 ? 1 : stride))
  /** Pixels under so many outputs. */
  const under = (outputs: number) => (outputs - 1) * stride + r
  const error = KERNELS.find((kernel) => kernel.name === name)?.error as number
  const check = (tier: TierName, x: number[], oc: number, options: ConvOptions = {}, kernel: readonly number[] = taps) => {
    const d = describeConv(x, [oc, x[x.length - kernel.length - 1] / (options.groups ?? 1), ...kernel], true, {
      stride: strides.slice(-kernel.length),
      ...options,
    })
    const operands = operandsOf(d)
    expect(worstError(runKernel(d, operands, tier, name), runOracle(d, operands)), `${x}, ${oc}`).toBeLessThan(error)
  }

  describe.each(tiers)('on the %s tier', (tier) => {
    const { lanes } = TIERS[tier].traits

    it('is right around every edge of a tile, a vector and a strip of tiles', () => {
      for (const edge of [m, 2 * m, m * lanes, 32 * m]) {
        for (const ow of [edge - 1, edge, edge + 1]) check(tier, [2, under(2 * m - 1), under(ow)], 3)
      }
      for (let oh = 1; oh <= 2 * m + 1; oh++) check(tier, [2, under(oh), under(6)], 3)
    })

    it('is right for few and many channels, in groups and in batches', () => {
      for (const [ic, oc] of [
        [1, 1],
        [31, 5],
        [33, 17],
        [70, 14],
      ])
        check(tier, [ic, under(6) - 1, under(7)], oc, { padding: 1 })
      check(tier, [2, 12, 11, 10], 9, { padding: 1, groups: 3 })
    })

    it('is right with any zero padding, more than the kernel too', () => {
      const padding: [number, number][] = [
        [0, r + m],
        [2, 0],
      ]
      check(tier, [3, r, r + 4], 4, { padding })
      check(tier, [3, 9, 9], 4, { padding: 2 * r })
    })

    if (stride > 1)
      it('is right where phases are left out at the point 0, of odd and even pictures with any padding before and after', () => {
        for (let before = 0; before <= r; before++) {
          const padding = taps.map((tap): [number, number] => (tap === 1 ? [0, 0] : [before, (before * 2) % (r + 1)]))
          for (const more of [0, 1]) check(tier, [17, under(m + 1) + more, under(2 * m + 1) - more], 3, { padding })
        }
        check(tier, [64, under(5), under(9)], 8, { padding: 1, groups: 2, activation: 'relu' })
      })

    if (stride === 1)
      it('is right where tiles are dilated, around every edge of a period, a vector and a strip of them', () => {
        for (const dilation of taps.includes(1) ? [3] : [2, 3, 4]) {
          const reach = (r - 1) * dilation
          for (const edge of [dilation, m * dilation, m * (lanes - (lanes % dilation)), m * (32 - (32 % dilation))]) {
            for (const ow of [edge - 1, edge, edge + 1])
              check(tier, [2, m * dilation + 1, ow + reach], 3, {
                dilation,
                padding: [
                  [reach >> 1, reach >> 1],
                  [0, 0],
                ],
              })
          }
          for (let oh = 1; oh <= m * dilation + dilation + 1; oh += 2) check(tier, [1, oh + reach, reach + 7], 2, { dilation })
        }
        check(tier, [6, 40, 41], 4, { dilation: [1, 2], padding: 3, groups: 2, activation: 'hardSwish' })
        check(tier, [3, 40, 17], 5, {
          dilation: [7, 1],
          padding: [
            [r, 3 * r],
            [0, r],
          ],
        })
        check(tier, [3, 97, 99], 5, { dilation: 2, padding: 2 })
      })

    if (taps[0] === 1)
      it('is right for rows of pixels alone', () => {
        for (const width of [r, 5 * m, m * lanes + 1, 100 * m]) check(tier, [7, width], 5, { padding: r >> 1 }, [r])
        if (stride === 1) check(tier, [2, 40, 300], 4, { padding: r, dilation: 3, groups: 2, activation: 'hardSwish' }, [r])
      })

    it('is right for volumes, whose planes are padded, apart and in slabs', () => {
      for (const depth of [1, 2, 5]) check(tier, [6, depth, 7, 9], 3, { padding: 1, stride: [1, ...strides] }, [3, ...taps])
      check(tier, [8, 7, 8, 9], 4, { padding: [2, 1, 1], stride: [2, ...strides] }, [2, ...taps])
      const dilation = stride > 1 ? 1 : [1, 2, 2]
      check(tier, [12, 6, 11, 10], 6, { padding: [0, 1, 2], groups: 2, stride: [1, ...strides], dilation }, [3, ...taps])
      check(tier, [40, 9, 15, 21], 3, { padding: 1, stride: [1, ...strides] }, [3, ...taps])
    })

    if (stride === 1)
      it('is right transposed, with its taps read backwards', () => {
        const transposed = (x: number[], weight: number[], options: ConvTransposeOptions) => {
          const d = describeConvTranspose(x, weight, true, options)
          const operands = operandsOf(d)
          expect(worstError(runKernel(d, operands, tier, name), runOracle(d, operands)), `${x}`).toBeLessThan(error)
        }
        transposed([5, 9, 10], [5, 3, ...taps], { padding: 1 })
        transposed([4, 6, 7], [4, 3, ...taps], { padding: [taps[0], 0], groups: 2, dilation: 2, outputPadding: 1 })
        transposed([6, 4, 6, 7], [6, 4, 3, ...taps], { padding: [1, 0, 2] })
      })

    it('is right in blocks of its own for each worker, with an activation', () => {
      const size = stride * 31 * m
      const ic = stride === 1 ? 4 : 2
      check(tier, [ic, size, size], 5, { padding: 1, activation: 'hardSwish' })
      check(tier, [ic, size, size], 4, { padding: 1, groups: 2, activation: { kind: 'leakyRelu', negativeSlope: 0.1 } })
    })
  })

  it('makes factors anew for another stretch, item or block: units give the same in any order, whatever was done before', () => {
    const d = describeConv([2, 6, stride * 5 * m, stride * 23 * m], [8, 3, ...taps], false, {
      groups: 2,
      padding: 1,
      stride: strides,
    })
    checkUnits(portableWorkspace('relaxed'), d, name)
    const volume = describeConv([2, 80, 7, stride * 5 * m, 3 * m], [8, 80, 3, ...taps], false, {
      padding: 1,
      stride: [1, ...strides],
    })
    checkUnits(portableWorkspace('relaxed'), volume, name)
  })

  it('is off by at most 1e-5 of the largest sum in the map where pixels are of very different sizes', () => {
    for (const ic of [1, 16, 200]) {
      const d = describeConv([ic, 24, 24], [8, ic, ...taps], false, { padding: taps.map((tap) => tap >> 1), stride: strides })
      const operands = operandsOf(d, ic)
      operands.x.data.set(noise(d.xShape, ic + 7).data.map((value, i) => value * 10 ** ((i % 9) - 4)))
      const expected = runOracle(d, operands)
      const most = expected.magnitude.reduce((largest, value) => Math.max(largest, value), 0)
      const y = runKernel(d, operands, 'relaxed', name)
      expect(y.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected.y[i])), 0) / most).toBeLessThan(1e-5)
    }
  })

  it('keeps to what its docstring says where pixels are alike', () => {
    const bounds = {
      'f32-winograd-4x4-3x3': 5e-6,
      'f32-winograd-2x2-3x3': 1e-6,
      'f32-winograd-4x4-5x5': 2e-5,
      'f32-winograd-4x4-3x3-s2': 5e-6,
      'f32-winograd-2x2-3x3-s2': 1e-6,
      'f32-winograd-4x4-4x4-s2': 5e-6,
      'f32-winograd-2x2-4x4-s2': 1e-6,
      'f32-winograd-4x4-5x5-s2': 5e-6,
      'f32-winograd-4x4-7x7-s2': 1e-5,
      'f32-winograd-1x4-1x3': 1e-6,
      'f32-winograd-4x1-3x1': 1e-6,
      'f32-winograd-1x4-1x3-s2': 2e-6,
      'f32-winograd-4x1-3x1-s2': 2e-6,
      'f32-winograd-1x4-1x5-s2': 2e-6,
      'f32-winograd-4x1-5x1-s2': 2e-6,
      'f32-winograd-1x4-1x5': 5e-6,
      'f32-winograd-4x1-5x1': 5e-6,
      'f32-winograd-1x2-1x7': 5e-6,
      'f32-winograd-2x1-7x1': 5e-6,
    }
    const bound = bounds[name as keyof typeof bounds]
    for (const ic of [1, 3, 64, 512]) {
      const d = describeConv([ic, 17 * stride, 18 * stride], [6, ic, ...taps], true, {
        padding: taps.map((tap) => tap >> 1),
        stride: strides,
      })
      for (const seed of ic > 100 ? [1] : [1, 2, 3]) {
        const operands = operandsOf(d, seed * ic)
        expect(worstError(runKernel(d, operands, 'relaxed', name), runOracle(d, operands)), `${ic}`).toBeLessThan(bound)
      }
    }
  })

  it('transforms filters so that a filter of one tap gives the powers of the points', () => {
    const each = Math.ceil(r / stride)
    const rows = filterMatrix(transformOf(m, each))
    expect(rows).toHaveLength(m + each - 1)
    const infinity = rows.length % 2 === 0
    if (infinity) expect(rows.at(-1)).toEqual([...new Array<number>(each - 1).fill(0), 1])
    const finite = rows.slice(1, infinity ? -1 : undefined)
    const points = finite.map(([none, one]) => one / none)
    finite.forEach((row, index) => row.slice(1).forEach((tap, power) => expect(tap / row[power]).toBeCloseTo(points[index], 12)))
    for (let pair = 0; pair < points.length; pair += 2) expect(points[pair]).toBe(-points[pair + 1])
  })

  it('refuses what it cannot do, and strict numerics, in a sentence', () => {
    const refusal = (x: number[], options: ConvOptions, kernel: readonly number[] = x.length === 4 ? [r, ...taps] : taps) =>
      KERNELS.find((candidate) => candidate.name === name)?.refuses(
        describeConv(x, [4, 2, ...kernel], false, { stride: [1, ...strides].slice(1 - x.length), ...options }),
        traits,
      )
    expect(refusal([2, 20, 20], { stride: [3, 2] })).toBe(`the stride is 3x2, not ${strides.join('x')}`)
    const dilation = stride > 1 ? 'the dilation is 5x5, and the stride not 1' : 'the dilation of the width is 5, more than 4'
    expect(refusal([2, 40, 40], { dilation: 5 })).toBe(dilation)
    expect(refusal([2, 20, 20], {}, [6, 6])).toBe(`the kernel is 6x6, not ${taps.join('x')}`)
    expect(refusal([2, 20], {}, [8])).toBe(`the kernel is 1x8, not ${taps.join('x')}`)
    expect(refusal([2, 20, 20], { padding: 1, paddingMode: 'reflect' })).toBe('the padding is reflect, not zeros')
    expect(refusal([2, 20, 20, 20], {})).toBe(
      `${2 * r} channels of planes under an output, fewer than 16, are too few for a volume`,
    )
    expect(refusal([2, 20, 20, 20], { dilation: [2, 1, 1] })).toBe('planes are 2 apart, not 1')
    expect(refusal([2, 20, 20], { numerics: 'strict' })).toBe("numerics 'strict' was asked for")
  })
})

describe('products of a stride of 2', () => {
  /** Of one tile, an input and an output channel. */
  const products = (m: number, r: number, ic: number, planes: number[] = []) => {
    const [depth, ones] = [planes.length, planes.map(() => 1)]
    const d = describeConv([ic, ...ones, 2 * m, 2 * m], [1, ic, ...planes, r, r], false, {
      padding: [...planes.map((taps) => taps >> 1), ...[r, r].map((taps) => (taps - 1) >> 1)],
      stride: [...ones, 2, 2],
    })
    const each = Math.ceil(r / 2)
    return planWinograd('', d, tileTransform([m, m], [each, each]), traits, 1).macs / ic / (depth === 0 ? 1 : planes[0])
  }

  it.each([
    [4, 3, 81],
    [2, 3, 25],
    [4, 5, 121],
    [4, 7, 169],
    [4, 4, 100],
    [2, 4, 36],
  ])('of %ix%i outputs and %i taps leave out the phases whose filters are 0: %i', (m, r, count) => {
    expect(products(m, r, 16)).toBe(count)
  })

  it('have all phases where channels are few, and in volumes', () => {
    expect(products(4, 3, 15)).toBe(100)
    expect(products(4, 3, 16, [3])).toBe(100)
  })
})

describe('factors of a block', () => {
  const d = describeConv([2, 220, 28, 28], [8, 220, 3, 3], false, { padding: 1 })
  const stepsOf = (convolution: ConvDescriptor, workers: number) =>
    planWinograd('', convolution, tileTransform([4, 4], [3, 3]), TIERS.relaxed.traits, workers).steps.map(({ name }) => name)

  it('are made by each of two workers, and shared by more or where they are many', () => {
    expect([1, 2].map((workers) => stepsOf(d, workers))).toEqual([['convolve'], ['convolve']])
    expect(stepsOf(d, 3)).toEqual(['transform', 'multiply'])
    const larger = describeConv([1000, 28, 28], [8, 1000, 3, 3], false, { padding: 1 })
    expect(stepsOf(larger, 2)).toEqual(['transform', 'multiply'])
  })

  it('give the same bits, whoever makes them', () => {
    for (const workers of [2, 3]) checkUnits(portableWorkspace('relaxed'), d, 'f32-winograd-4x4-3x3', workers)
  })
})

describe('vectors of output channels instead of tiles', () => {
  const across = (x: number[], oc: number, workers = 1, { traits } = TIERS.avx512) =>
    planWinograd('', describeConv(x, [oc, x[0], 3, 3], false, { padding: 1 }), tileTransform([4, 4], [3, 3]), traits, workers)
      .across

  it('are taken where a vector of tiles is alone, or partly empty and products are enough', () => {
    expect(across([256, 12, 12], 256)).toBe(9)
    expect(across([256, 14, 14], 256)).toBe(16)
    expect([across([16, 16, 13], 16), across([16, 16, 13], 17), across([16, 16, 13], 120)]).toEqual([16, null, 16])
    expect(across([256, 16, 32], 256)).toBeNull()
    expect(across([128, 28, 28], 128)).toBe(49)
    expect(across([128, 32, 32], 128)).toBeNull()
    expect(across([16, 28, 28], 128)).toBeNull()
    expect(across([256, 12, 12], 256, 1, TIERS.avx2)).toBeNull()
  })

  it('are estimated by their tiles: nine take less than sixteen, which are one vector too', () => {
    const time = (size: number) =>
      winograd(WINOGRADS[0]).estimate(
        describeConv([256, size, size], [256, 256, 3, 3], false, { padding: 1 }),
        TIERS.avx512.traits,
      )
    expect(time(12)).toBeLessThan(0.85 * time(16))
  })

  it('are no reason to take a strided volume, whose tiles fill a vector: the direct kernel took 0.6 of its time', () => {
    const d = describeConv([128, 8, 28, 28], [128, 128, 3, 3, 3], true, { stride: 2, padding: 1 })
    expect(select(d, TIERS.avx512.traits).kernel.name).toBe('f32-direct')
  })

  it('are fewer where workers are more, and none where they would go without', () => {
    const chunks = (workers: number) => {
      const d = describeConv([256, 12, 12], [256, 256, 3, 3], false, { padding: 1 })
      return planWinograd('', d, tileTransform([4, 4], [3, 3]), TIERS.avx512.traits, workers).chunks.map(
        ({ width }) => width / 16,
      )
    }
    expect(chunks(1)).toEqual([3, 3, 2, 3, 3, 2])
    expect(chunks(4)).toEqual([2, 2, 2, 2, 2, 2, 2, 2])
    expect(chunks(8)).toEqual([2, 2, 2, 2, 2, 2, 2, 2])
    expect(chunks(9)).toHaveLength(16)
  })
})

describe('products of a chunk', () => {
  it('of neighbouring channels are an odd number of cache lines apart, and never one in the other', () => {
    for (const points of [6, 8, 9, 16, 25, 36, 49, 64, 100]) {
      for (const pitch of [1, 4, 16, 32, 48, 64]) {
        const floats = productsPitch(points, pitch)
        expect(floats).toBeGreaterThanOrEqual(points * pitch)
        expect((floats / 16) % 2, `${points} points by ${pitch}`).toBe(1)
      }
    }
  })
})

describe('the choice', () => {
  const chosen = (x: number[], oc: number, kernel: number, options: ConvOptions = {}) => {
    const d = describeConv(x, [oc, x[0] / (options.groups ?? 1), kernel, kernel], true, { padding: kernel >> 1, ...options })
    const kernels = (['relaxed', 'paired', 'avx2', 'avx512'] as const).map((tier) => select(d, TIERS[tier].traits).kernel)
    const orders = new Set(kernels.map((kernel) => kernel.order(d)))
    expect(orders.size).toBe(1)
    return [...orders][0]
  }

  it('is the same on every fused machine: large tiles where they fit or are few, else small ones, and the order of the direct kernel for few channels', () => {
    expect(chosen([64, 56, 56], 64, 3)).toBe('f32-winograd-4x4-3x3')
    expect(chosen([256, 14, 14], 256, 3)).toBe('f32-winograd-4x4-3x3')
    expect(chosen([512, 7, 7], 512, 3)).toBe('f32-winograd-4x4-3x3')
    expect(chosen([256, 9, 9], 256, 3)).toBe('f32-winograd-2x2-3x3')
    expect(chosen([256, 28, 28], 128, 3)).toBe('f32-winograd-4x4-3x3')
    expect(chosen([320, 7, 7], 320, 3)).toBe('f32-winograd-4x4-3x3')
    expect(chosen([100, 68, 68], 100, 5)).toBe('f32-winograd-4x4-5x5')
    expect(chosen([256, 28, 28], 256, 3, { dilation: 2, padding: 2 })).toBe('f32-winograd-4x4-3x3')
    expect(chosen([3, 224, 224], 64, 3)).toBe('direct')
    expect(chosen([3, 224, 224], 64, 7, { stride: 2 })).toBe('f32-winograd-4x4-7x7-s2')
    expect(chosen([64, 56, 56], 96, 5, { stride: 2 })).toBe('f32-winograd-4x4-5x5-s2')
    expect(chosen([1, 40, 40], 48, 5, { stride: 2 })).toBe('direct')
    expect(chosen([128, 56, 56], 128, 3, { stride: 2 })).toBe('f32-winograd-2x2-3x3-s2')
    expect(chosen([256, 28, 28], 256, 3, { stride: 2 })).toBe('f32-winograd-2x2-3x3-s2')
    expect(chosen([512, 14, 14], 512, 3, { stride: 2 })).toBe('direct')
    expect(chosen([3, 224, 224], 32, 3, { stride: 2 })).toBe('direct')
    expect(chosen([3, 256, 256], 64, 4, { stride: 2, padding: 1 })).toBe('f32-winograd-4x4-4x4-s2')
    const line = describeConv([80, 3000], [384, 80, 3], true, { padding: 1 })
    expect(orderFor(line, traits)).toBe('f32-winograd-1x4-1x3')
    expect(chosen([64, 56, 56], 64, 3, { groups: 16 })).toBe('planes')
    expect(chosen([256, 28, 28], 256, 3, { groups: 32 })).toBe('f32-winograd-4x4-3x3')
    expect(chosen([64, 56, 56], 64, 3, { numerics: 'strict' })).toBe('direct')
    expect(chosen([64, 56, 56], 64, 3, { numerics: 'float32' })).toBe(chosen([64, 56, 56], 64, 3))
  })

  it('is that of the other machines beside a matrix unit too, but where a kernel of its own is chosen', () => {
    const layers = [
      describeConv([320, 7, 7], [320, 320, 3, 3], true, { padding: 1 }),
      describeConv([9, 26, 14], [9, 9, 6, 1], true, { padding: [3, 0] }),
      describeConv([8, 22, 9], [12, 2, 1, 2], true, { stride: 2, padding: [0, 1], groups: 4 }),
      describeConv([27, 17, 17], [41, 27, 3, 3], true),
      describeConv([64, 56, 56], [64, 64, 3, 3], true, { padding: 1 }),
    ]
    const orders = layers.map((d) => [TIERS.amx.traits, traits].map((of) => orderFor(d, of)))
    for (const [beside, other] of orders) expect(['f32-matrix', 'f32-gemv', other]).toContain(beside)
  })

  it('is that of the other machines beside a matrix unit where a sum has fewer than 32 products', () => {
    const first = (ic: number, side: number) => describeConv([ic, 96, 96], [64, ic, side, side], true, { padding: 1 })
    const beside = (d: ConvDescriptor) => orderFor(d, TIERS.amx.traits)
    for (const d of [first(3, 3), first(31, 1), describeConv([62, 96, 96], [128, 31, 1, 1], true, { groups: 2 })])
      expect(beside(d), `${d.xShape} * ${d.weightShape}`).toBe(orderFor(d, traits))
    expect([beside(first(4, 3)), beside(first(32, 1))]).toEqual(['f32-matrix', 'f32-matrix'])
    expect(select(first(3, 3), TIERS.amx.traits, 'f32-matrix').kernel.name).toBe('f32-matrix')
  })

  it('leaves the kernel to whoever names it', () => {
    const d = describeConv([3, 30, 30], [8, 3, 3, 3], false)
    expect(select(d, traits, 'f32-winograd-4x4-3x3').kernel.name).toBe('f32-winograd-4x4-3x3')
  })
})
