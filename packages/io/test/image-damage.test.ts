// Images that are too large, cut short, damaged or no images.
import { readFileSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { Tensor, WeftError } from '@weft/core'
import { decodeImage, encodeImage, type ImageFormat, readImage } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { errorOf, expectError, fixture, growthOf, mutated, seeded, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()
const noMemory = (): never => expect.fail('memory was asked for')

/** A PNG that says it has another size; its own check sum agrees. */
function resized(width: number, height: number): Buffer {
  const png = Buffer.from(readFileSync(fixture('rgb.png')))
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

async function noise(format: ImageFormat): Promise<Uint8Array> {
  const random = seeded(9)
  const data = Float32Array.from({ length: 3 * 64 * 48 }, () => random(256) / 255)
  return await encodeImage(new Tensor(data, [3, 64, 48]), format)
}

describe('an image that is too large', () => {
  test.each([
    [16384, 16384, /16384 x 16384 pixels; the limit is 268402689/],
    [100_000, 100_000, /100000 x 100000/],
  ])('%i x %i is refused by its header, without memory', async (width, height, message) => {
    const png = resized(width, height)
    const growth = await growthOf(() => expectError(decodeImage(png, { into: noMemory }), 'TOO_LARGE', message))
    expect(growth).toBeLessThan(32 * 2 ** 20)
  })

  test('so is one that is too large for a tensor, whatever the limit', async () => {
    await expectError(
      decodeImage(resized(30_000, 30_000), { maxPixels: 2 ** 40, into: noMemory }),
      'TOO_LARGE',
      /more numbers than a tensor/,
    )
  })

  test('a JPEG whose header is damaged besides is damaged first', async () => {
    const jpeg = Buffer.from(await noise('jpeg'))
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
    await expectError(decodeImage(jpeg, { maxPixels: 100 }), 'TOO_LARGE', /48 x 64 pixels; the limit is 100/)
    jpeg[frame + 9] = 1
    await expectError(decodeImage(jpeg, { maxPixels: 100 }), 'FORMAT')
  })

  test('the limit is the number of pixels', async () => {
    await expectError(readImage(fixture('rgb.png'), { maxPixels: 14 }), 'TOO_LARGE', /5 x 3 pixels; the limit is 14/)
    expect((await readImage(fixture('rgb.png'), { maxPixels: 15 })).shape).toEqual([3, 3, 5])
    for (const maxPixels of [0, -1, 1.5, Number.NaN])
      await expectError(readImage(fixture('rgb.png'), { maxPixels }), 'OPTION', /maxPixels/)
  })
})

describe('an image that is cut short is an error, not half a picture', () => {
  test.each<ImageFormat>(['png', 'jpeg', 'webp', 'tiff'])('%s', async (format) => {
    const whole = await noise(format)
    for (const part of [0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98]) {
      writeFileSync(at('cut'), whole.subarray(0, Math.floor(whole.length * part)))
      await expectError(readImage(at('cut'), { into: noMemory }), 'FORMAT')
    }
  })
})

test('300 damaged files: each is decoded or refused in words, none crashes', async () => {
  const random = seeded(40)
  const files = [
    ...(await Promise.all((['png', 'jpeg', 'webp', 'tiff'] as const).map(noise))),
    readFileSync(fixture('grey-16.tif')),
  ]
  for (let round = 0; round < 300; round++) {
    const file = files[round % files.length]
    const damaged = mutated(file, round % 2 === 0 ? 60 : file.length, random)
    await decodeImage(damaged, { maxPixels: 10_000_000 }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(WeftError)
      expect((error as WeftError).code).toMatch(/^(FORMAT|TOO_LARGE|DTYPE)$/)
    })
  }
})

test('what is no image of these formats never reaches a decoder', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
  for (const content of [svg, 'GIF89a and so on', '', 'RIFF....WAVE', '%PDF-1.7']) {
    await expectError(decodeImage(Buffer.from(content)), 'FORMAT', /not a PNG, JPEG, WebP or TIFF/)
  }
})

test('samples of floating point are refused, and not flattened to bytes', async () => {
  await expectError(readImage(fixture('float.tif')), 'DTYPE', /float.tif: its samples are float/)
})

test('an unknown kind of channels is refused', async () => {
  await expectError(
    readImage(fixture('rgb.png'), { channels: 'cmyk' as 'rgb' }),
    'OPTION',
    /"cmyk" is none; use gray, rgb, bgr, rgba$/,
  )
})

test('errors name the file', async () => {
  writeFileSync(at('broken.png'), readFileSync(fixture('rgb.png')).subarray(0, 60))
  expect((await errorOf(readImage(at('broken.png')))).message).toMatch(
    /broken\.png: it cannot be decoded, it is damaged or cut short: /,
  )
  await expectError(readImage(at('none.png')), 'NOT_FOUND', /none\.png/)
})
