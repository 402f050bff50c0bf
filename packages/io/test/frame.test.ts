// Pictures in frames: resized, cut, filled.
import { type FloatTensor, Tensor } from '@weft/core'
import { decodeImage, encodeImage, type Frame } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { expectError } from './helpers.ts'

const frame = (width: number, height: number, more: Partial<Frame> = {}): Frame => ({
  width,
  height,
  pictureWidth: width,
  pictureHeight: height,
  left: 0,
  top: 0,
  fill: 0,
  ...more,
})
const picture = (height: number, width: number, at: (y: number, x: number) => number): FloatTensor => {
  const plane = Array.from({ length: height * width }, (_, i) => at(Math.floor(i / width), i % width))
  return new Tensor(Float32Array.from(plane), [1, height, width])
}
const through = async (image: FloatTensor, how: Frame, format: 'png' | 'tiff' = 'png') =>
  decodeImage(await encodeImage(image, format), { channels: 'gray', frame: () => how })

describe('a frame', () => {
  const noise = picture(5, 7, (y, x) => ((y * 37 + x * 101) % 256) / 255)

  test('of the size of the picture leaves it as it is', async () => {
    expect(await through(noise, frame(7, 5))).toEqual(noise)
  })

  test('cuts off what lies past it and fills what it leaves', async () => {
    const cut = await through(noise, frame(4, 3, { pictureWidth: 7, pictureHeight: 5, left: -2, top: -1 }))
    expect(cut.shape).toEqual([1, 3, 4])
    for (const [y, x] of [
      [0, 0],
      [2, 3],
    ])
      expect(cut.get(0, y, x)).toBe(noise.get(0, y + 1, x + 2))
    const wide = await through(noise, frame(9, 9, { pictureWidth: 7, pictureHeight: 5, left: 1, top: 3, fill: 1 }))
    expect([wide.get(0, 0, 0), wide.get(0, 2, 5), wide.get(0, 8, 8), wide.get(0, 4, 0)]).toEqual([1, 1, 1, 1])
    for (const [y, x] of [
      [0, 0],
      [4, 6],
    ])
      expect(wide.get(0, y + 3, x + 1)).toBe(noise.get(0, y, x))
    const both = await through(noise, frame(4, 9, { pictureWidth: 7, pictureHeight: 5, left: -2, top: 3, fill: 0 }))
    expect([both.get(0, 0, 0), both.get(0, 3, 0)]).toEqual([0, noise.get(0, 0, 2)])
  })

  test('keeps an even rise even when it makes the picture smaller or larger', async () => {
    const rise = picture(40, 80, (y, x) => (2 * x + y) / 255)
    for (const [width, height] of [
      [40, 20],
      [20, 10],
      [160, 80],
    ]) {
      const resized = await through(rise, frame(width, height))
      const scale = 80 / width
      for (const [y, x] of [
        [0.25, 0.25],
        [0.5, 0.75],
      ].map(([a, b]) => [Math.floor(a * height), Math.floor(b * width)])) {
        const [v, u] = [(y + 0.5) * scale - 0.5, (x + 0.5) * scale - 0.5]
        expect(Math.abs(resized.get(0, y, x) - (2 * u + v) / 255)).toBeLessThan(1.01 / 255)
      }
    }
  })

  test('is told the size of the upright picture', async () => {
    const told: number[][] = []
    await decodeImage(await encodeImage(noise, 'png'), {
      frame: (width, height) => {
        told.push([width, height])
        return frame(width, height)
      },
    })
    expect(told).toEqual([[7, 5]])
  })

  test.each<[string, Partial<Frame>, string]>([
    ['without pixels', { width: 0 }, 'OPTION'],
    ['beside the picture', { left: 7 }, 'OPTION'],
    ['of fractions', { pictureWidth: 3.5 }, 'OPTION'],
    ['too large for a tensor', { pictureWidth: 2 ** 20, pictureHeight: 2 ** 20 }, 'TOO_LARGE'],
  ])('%s is refused', async (_, more, code) => {
    await expectError(through(noise, frame(7, 5, more)), code as 'OPTION')
  })
})
