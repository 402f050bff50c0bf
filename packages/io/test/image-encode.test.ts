// Images from here, as sharp reads them.
import { type FloatTensor, Tensor } from '@weft/core'
import { decodeImage, encodeImage, type ImageFormat, writeImage } from '@weft/io'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { expectError, seeded, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

describe('encoding', () => {
  const random = seeded(5)
  const noise = (channels: number): FloatTensor => {
    const bytes = Array.from({ length: channels * 7 * 11 }, () => random(256) / 255)
    return new Tensor(Float32Array.from(bytes), [channels, 7, 11])
  }
  const NAMES = { 1: 'gray', 3: 'rgb', 4: 'rgba' } as const

  test.each<[ImageFormat, 1 | 3 | 4]>(
    (['png', 'tiff', 'webp'] as const).flatMap((format) =>
      ([1, 3, 4] as const).map((channels) => [format, channels] as [ImageFormat, 1 | 3 | 4]),
    ),
  )('%s of %i channels loses nothing of 8 bits', async (format, channels) => {
    const image = noise(channels)
    const bytes = await encodeImage(image, format)
    const metadata = await sharp(bytes).metadata()
    expect([metadata.format, metadata.width, metadata.height]).toEqual([format, 11, 7])
    expect(metadata.channels).toBe(format === 'webp' && channels === 1 ? 3 : channels)
    expect((await decodeImage(bytes, { channels: NAMES[channels] })).data).toEqual(image.data)
    expect(Buffer.compare(bytes, await encodeImage(image, format))).toBe(0)
  })

  test('values are clamped and rounded, and NaN is 0', async () => {
    const values = [
      -1,
      Number.NEGATIVE_INFINITY,
      0,
      0.0019,
      0.002,
      0.5,
      127.4 / 255,
      0.998,
      0.9981,
      1,
      7,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]
    const bytes = await encodeImage(Tensor.from([[values]]), 'png')
    const { data } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
    expect([...data]).toEqual([0, 0, 0, 0, 1, 128, 127, 254, 255, 255, 255, 255, 0])
  })

  test('a picture of more than one slab comes back whole', async () => {
    const tall = Tensor.zeros([1, 1500, 1000])
    for (let index = 0; index < tall.size; index++) tall.data[index] = (index % 251) / 255
    const back = await decodeImage(await encodeImage(tall, 'png'), { channels: 'gray' })
    expect(Buffer.compare(new Uint8Array(back.data.buffer), new Uint8Array(tall.data.buffer))).toBe(0)
  })

  test('JPEG and WebP take a quality', async () => {
    for (const format of ['jpeg', 'webp'] as const) {
      const [low, high] = await Promise.all([5, 95].map((quality) => encodeImage(noise(3), format, { quality })))
      expect(low.length).toBeLessThan(high.length)
    }
    const jpeg = await decodeImage(await encodeImage(Tensor.full([3, 32, 32], 0.25), 'jpeg'))
    for (const value of jpeg.data) expect(value).toBeCloseTo(0.25, 1)
    await expectError(encodeImage(noise(3), 'jpeg', { quality: 0 }), 'OPTION', /quality is 0/)
    await expectError(encodeImage(noise(3), 'webp', { quality: 50.5 }), 'OPTION')
  })

  test('what is no image of the format is refused with what it must be', async () => {
    await expectError(encodeImage(Tensor.zeros([2, 3, 3]), 'png'), 'SHAPE', /\(2, 3, 3\) is not a png image; .* C 1 or 3 or 4/)
    await expectError(encodeImage(Tensor.zeros([3, 3]), 'png'), 'SHAPE')
    await expectError(encodeImage(Tensor.zeros([3, 0, 3]), 'png'), 'SHAPE')
    await expectError(encodeImage(Tensor.zeros([4, 3, 3]), 'jpeg'), 'SHAPE', /C 1 or 3 /)
    await expectError(encodeImage(Tensor.zeros([1, 1, 16384]), 'webp'), 'TOO_LARGE', /16383/)
    await expectError(encodeImage(Tensor.zeros([1, 65536, 1]), 'jpeg'), 'TOO_LARGE', /65535/)
    await expectError(encodeImage(new Tensor(new Uint8Array(3), [3, 1, 1]), 'png'), 'DTYPE', /not from uint8/)
    await expectError(writeImage(at('a.bmp'), Tensor.zeros([3, 1, 1])), 'FORMAT', /png, jpeg, webp, tiff/)
  })
})
