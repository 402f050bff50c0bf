// The exercises of the lecture: each example holds against what is worked out here.
import { describe, expect, it } from 'vitest'
import { furthest, planeByDefinition } from './by-definition.ts'
import { printed } from './printed.ts'

describe('the exercises as examples', () => {
  it('two kernels are one', async () => {
    const { sobel, inTwo, inOne, seen, compose } = await printed(() => import('../lecture/composed-kernels.ts'))
    expect(sobel.toArray()).toEqual([
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ])
    // By hand: (1 2) and (3 4) give 3, 4 + 6, 8.
    const { Tensor } = await import('@weft/core')
    expect(compose(Tensor.from([[1, 2]]), Tensor.from([[3, 4]])).toArray()).toEqual([[3, 10, 8]])
    const picture = Array.from({ length: 36 }, (_, i) => i ** 2 % 7)
    const whole = planeByDefinition(picture, 6, 6, sobel.toArray() as number[][])
    const valid = [1, 2, 3, 4].map((row) => [...whole.subarray(6 * row + 1, 6 * row + 5)])
    expect(inOne.toArray()).toEqual(valid)
    expect(inTwo.toArray()).toEqual(valid)
    expect(seen).toEqual([7 - 4, 9 - 4])
  })

  it('a convolution is a product of kernels and patches', async () => {
    const { patches, product, direct } = await printed(() => import('../lecture/matrix-product.ts'))
    // The patch at the upper left: 0 1 / 3 4 of the first channel, one more of the second.
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((tap) => patches.get(tap, 0))).toEqual([0, 1, 3, 4, 1, 2, 4, 5])
    expect([...product.data]).toEqual([56, 72, 104, 120, 76, 100, 148, 172, 96, 128, 192, 224])
    expect(direct.data).toEqual(product.data)
  })

  it('groups are a block-diagonal kernel', async () => {
    const { grouped, whole, saved, text } = await printed(() => import('../lecture/groups.ts'))
    expect(grouped.data).toEqual(whole.data)
    // The first output channel, of taps 1 to 18, at the upper left: rows 0 to 2 of channels 0 and 1, which differ by 25.
    const under = [0, 1, 2, 5, 6, 7, 10, 11, 12]
    const sum = [...under, ...under.map((value) => value + 25)].reduce((total, value, i) => total + value * (i + 1), 0)
    expect(grouped.get(0, 0, 0)).toBe(sum)
    expect(saved).toBe(2)
    expect(text).toContain('  # # . .\n  # # . .\n  . . # #\n  . . # #')
  })

  it('stride one half interpolates, and stride two goes back', async () => {
    const { larger, withZeros, back } = await printed(() => import('../lecture/stride-one-half.ts'))
    expect([...larger.data]).toEqual([2, 3, 4, 6, 8])
    expect([...withZeros.data]).toEqual([2, 3, 4, 6, 8])
    expect([...back.data]).toEqual([2, 4, 8])
  })

  it('a photograph under four kernels is what the definition gives', async () => {
    const { photo, maps, edges, text } = await printed(() => import('../lecture/photograph.ts'))
    const [, height, width] = photo.shape
    const of = (k: number[][]) => planeByDefinition(photo.data, height, width, k)
    const across = of([
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ])
    const down = of([
      [-1, -2, -1],
      [0, 0, 0],
      [1, 2, 1],
    ])
    const laplace = of([
      [0, 1, 0],
      [1, -4, 1],
      [0, 1, 0],
    ])
    const blur = of([1, 2, 1].map((row) => [1, 2, 1].map((column) => (row * column) / 16)))
    for (const [o, expected] of [across, down, laplace, blur].entries()) {
      expect(furthest(maps.at(o).data, expected)).toBeLessThan(8 * 2 ** -22)
    }
    expect(
      furthest(
        edges.data,
        across.map((value, i) => Math.hypot(value, down[i])),
      ),
    ).toBeLessThan(1e-5)
    // The coat is dark and the sky is not, which has no edges.
    const lines = text.split('\n')
    expect(lines[1 + 14].slice(5, 15)).toMatch(/^[ .]+$/)
    expect(lines[1]).toMatch(/^[#%@]{64}$/)
    expect(lines[lines.indexOf('its edges') + 1]).toMatch(/^ {64}$/)
  })

  it('gradient descent learns the edge kernel, as fast as the mathematics says', async () => {
    const { history, RATE, STEPS } = await printed(() => import('../lecture/learn-edge-kernel.ts'))
    // The patches of a row are (1,1) (1,0) (0,0) (0,0) (0,0) (0,1) (1,1), so the loss has the matrix 6 [[3, 2], [2, 3]]. From zeros what is
    // wrong is (-1, 1), an eigenvector of it with eigenvalue 6: each step multiplies it by 1 - 2 6 RATE.
    for (const [step, { kernel, loss }] of history.entries()) {
      const wrong = (1 - 12 * RATE) ** step
      expect(kernel[0]).toBeCloseTo(1 - wrong, 5)
      expect(kernel[1]).toBeCloseTo(wrong - 1, 5)
      expect(loss).toBeCloseTo(12 * wrong ** 2, 4)
    }
    expect(history).toHaveLength(STEPS + 1)
    expect(history[STEPS].kernel[0]).toBeGreaterThan(0.999)
  })
})
