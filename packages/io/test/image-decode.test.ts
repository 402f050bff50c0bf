// Images that Pillow made, as Pillow reads them.
import { readFileSync, writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { type FloatTensor, Tensor } from '@weft/core'
import { decodeImage, readImage, writeImage } from '@weft/io'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { expectError, fixture, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

/** Rows of pixels of samples, by `make_images.py`. */
const PILLOW = JSON.parse(readFileSync(fixture('expected-images.json'), 'utf8')) as Record<
  string,
  { max: number; samples: number[][][] }
>

/** (C, H, W) of what `pixel` makes of each pixel, in float32. */
function planes(samples: number[][][], pixel: (samples: number[]) => number[]): number[][][] {
  const pixels = samples.map((row) => row.map(pixel))
  return pixels[0][0].map((_, channel) => pixels.map((row) => row.map((values) => Math.fround(values[channel]))))
}

function solid(image: FloatTensor, row: number, column: number): number[] {
  return [0, 1, 2].map((channel) => Math.round(image.get(channel, row, column) * 20) / 20)
}

describe('decoding', () => {
  const names = Object.keys(PILLOW)
  const colourOf = (name: string, sample: number[]): number[] => sample.slice(0, 3).map((value) => value / PILLOW[name].max)

  test.each(names)('%s as rgb has the values of Pillow divided by their maximum', async (name) => {
    const image = await readImage(fixture(name))
    const rgb = (sample: number[]): number[] =>
      sample.length < 3 ? Array(3).fill(colourOf(name, sample)[0]) : colourOf(name, sample)
    expect(image.toArray()).toEqual(planes(PILLOW[name].samples, rgb))
  })

  test.each(names)('%s as gray keeps grey, and weighs colours as BT.601', async (name) => {
    const image = await readImage(fixture(name), { channels: 'gray' })
    const grey = (s: number[]): number[] => [
      s.length < 3 ? s[0] / PILLOW[name].max : (299 * s[0] + 587 * s[1] + 114 * s[2]) / 255000,
    ]
    expect(image.toArray()).toEqual(planes(PILLOW[name].samples, grey))
  })

  test.each(names)('%s as rgba keeps its alpha or is opaque', async (name) => {
    const image = await readImage(fixture(name), { channels: 'rgba' })
    const alpha = (s: number[]): number[] => [s.length % 2 === 0 ? s[s.length - 1] / 255 : 1]
    expect(image.shape[0]).toBe(4)
    expect(image.slice(3, 4).toArray()).toEqual(planes(PILLOW[name].samples, alpha))
  })

  test.each(names)('%s has the same bits with levels as when each number is changed afterwards', async (name) => {
    const levels = [
      { factor: 1 / 0.229, offset: -0.485 / 0.229 },
      { factor: 255, offset: 0 },
      { factor: 1, offset: -0.5 },
    ]
    for (const channels of ['rgb', 'bgr', 'gray'] as const) {
      const plain = await readImage(fixture(name), { channels })
      const size = plain.size / plain.shape[0]
      const changed = plain.data.map((value, i) => {
        const { factor, offset } = levels[Math.floor(i / size)]
        return value * factor + offset
      })
      expect((await readImage(fixture(name), { channels, levels })).data).toEqual(changed)
    }
  })

  test('bgr has the planes of rgb the other way about', async () => {
    const name = names.find((one) => PILLOW[one].samples[0][0].length === 3) as string
    const [rgb, bgr] = [await readImage(fixture(name)), await readImage(fixture(name), { channels: 'bgr' })]
    for (const channel of [0, 1, 2]) expect(bgr.at(channel).toArray()).toEqual(rgb.at(2 - channel).toArray())
  })

  test('16 bits of colour are not cut to 8', async () => {
    const samples = Uint16Array.from({ length: 27 }, (_, index) => (index * 9973) % 65536)
    const png = await sharp(samples, { raw: { width: 3, height: 3, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    const { data } = await decodeImage(png)
    expect(data).toEqual(Float32Array.from(samples, (_, index) => samples[(index % 9) * 3 + Math.floor(index / 9)] / 65535))
  })

  test('16 bits of grey with alpha keep both', async () => {
    const samples = [
      [0, 65535],
      [1, 256],
      [40000, 1],
      [65535, 32768],
    ]
    const image = await decodeImage(deepGreyAlpha(samples), { channels: 'rgba' })
    const [grey, alpha] = [0, 1].map((band) => samples.map((sample) => Math.fround(sample[band] / 65535)))
    expect(image.toArray()).toEqual([[grey], [grey], [grey], [alpha]])
    expect((await decodeImage(deepGreyAlpha(samples), { channels: 'gray' })).toArray()).toEqual([[grey]])
  })

  test('a JPEG is upright: the EXIF orientation is applied', async () => {
    const flat = await readImage(fixture('halves.jpg'))
    expect(flat.shape).toEqual([3, 8, 16])
    expect([solid(flat, 4, 2), solid(flat, 4, 13)]).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ])
    const turned = await readImage(fixture('halves-turned.jpg'))
    expect(turned.shape).toEqual([3, 16, 8])
    expect([solid(turned, 2, 4), solid(turned, 13, 4)]).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ])
  })

  test('a colour profile does not change the numbers', async () => {
    const raw = { width: 1, height: 1, channels: 3 } as const
    const png = await sharp(Uint8Array.of(200, 100, 50), { raw })
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const { data } = await sharp(png, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
    expect((await decodeImage(png)).data).toEqual(Float32Array.from(data, (value) => value / 255))
  })

  test('the content decides, not the extension', async () => {
    writeFileSync(at('jpeg.png'), readFileSync(fixture('halves.jpg')))
    expect((await readImage(at('jpeg.png'))).shape).toEqual([3, 8, 16])
  })

  test('a file that was written anew is read anew', async () => {
    for (const value of [0, 1]) {
      await writeImage(at('again.png'), Tensor.full([1, 2, 2], value))
      expect((await readImage(at('again.png'))).get(0, 1, 1)).toBe(value)
    }
  })

  test('lands in a view of shared memory, and from shared bytes', async () => {
    const arena = new SharedArrayBuffer(1024)
    const file = readFileSync(fixture('rgb.png'))
    const shared = new Uint8Array(new SharedArrayBuffer(file.length + 3), 3)
    shared.set(file)
    const image = await decodeImage(shared, {
      into: (shape) =>
        new Float32Array(
          arena,
          16,
          shape.reduce((a, b) => a * b),
        ),
    })
    expect(image.data.buffer).toBe(arena)
    expect(image.data).toEqual((await readImage(fixture('rgb.png'))).data)
    await expectError(decodeImage(file, { into: () => new Float32Array(44) }), 'OPTION', /45 numbers/)
  })
})

test('sharp keeps nothing and uses one thread for an image', async () => {
  await decodeImage(readFileSync(fixture('rgb.png')))
  expect(sharp.concurrency()).toBe(1)
  expect(sharp.cache().memory.max).toBe(0)
})

/** A PNG of one row, put together by the words of its specification: 16 bits, colour type 4. */
function deepGreyAlpha(samples: number[][]): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(samples.length, 0)
  header.writeUInt32BE(1, 4)
  header.set([16, 4], 8)
  const row = Buffer.from([0, ...samples.flat().flatMap((value) => [value >> 8, value & 255])])
  const chunks = (
    [
      ['IHDR', header],
      ['IDAT', deflateSync(row)],
      ['IEND', Buffer.alloc(0)],
    ] as const
  ).map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  })
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks])
}
