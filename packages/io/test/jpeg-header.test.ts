// What is read of a JPEG before its pixels, beside what libvips says of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { jpegHeader } from '../src/jpeg-header.ts'
import { fixture, mutated, seeded } from './helpers.ts'

const PHOTOS = join(import.meta.dirname, '../../../apps/batch/photos')

async function told(bytes: Uint8Array) {
  const { width, height, autoOrient, space, depth, hasAlpha } = await sharp(bytes, { limitInputPixels: false }).metadata()
  return { width, height, autoOrient, space, depth, hasAlpha }
}

async function picture(change: (image: Sharp) => Sharp): Promise<Buffer> {
  const image = sharp({ create: { width: 40, height: 24, channels: 3, background: { r: 200, g: 90, b: 10 } } })
  return await change(image.jpeg()).toBuffer()
}

describe('the header of a JPEG', () => {
  const photos = readdirSync(PHOTOS).filter((name) => /\.jpe?g$/.test(name))

  test.each([...photos.map((name) => join(PHOTOS, name)), fixture('halves.jpg'), fixture('halves-turned.jpg')])(
    'says of %s what libvips says',
    async (path) => {
      const bytes = readFileSync(path)
      expect(jpegHeader(bytes)).toEqual(await told(bytes))
    },
  )

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('with EXIF orientation %i', async (orientation) => {
    const bytes = await picture((image) => image.withMetadata({ orientation }))
    const header = jpegHeader(bytes)
    expect(header).toEqual(await told(bytes))
    expect(header?.autoOrient).toEqual(orientation > 4 ? { width: 24, height: 40 } : { width: 40, height: 24 })
  })

  test('of progressive pictures, and grey ones, too', async () => {
    for (const bytes of [
      await picture((image) => image.jpeg({ progressive: true })),
      await picture((image) => image.toColourspace('b-w')),
    ]) {
      expect(jpegHeader(bytes)).toEqual(await told(bytes))
    }
  })

  test('is left to libvips where there are four colours, or the file ends before the pixels', async () => {
    expect(jpegHeader(await picture((image) => image.toColourspace('cmyk')))).toBeNull()
    const bytes = await picture((image) => image)
    for (let length = 3; length < 60; length++) expect(jpegHeader(bytes.subarray(0, length)), `${length} bytes`).toBeNull()
  })

  test('is left to libvips where a segment of EXIF is not as it should be, or is not the only one', async () => {
    const good = await picture((image) => image.withMetadata({ orientation: 6 }))
    const app1 = (body: number[]) => [0xff, 0xe1, 0, 2 + body.length, ...body]
    const exif = [...'Exif'].map((letter) => letter.charCodeAt(0))
    const inserted = (segment: number[]) => Buffer.concat([good.subarray(0, 2), Buffer.from(segment), good.subarray(2)])
    expect(jpegHeader(inserted(app1([1, 2, 3])))).toEqual(await told(inserted(app1([1, 2, 3]))))
    for (const body of [
      exif,
      [...exif, 0],
      [...exif, 0, 0],
      [...exif, 0, 0xff, 1, 2],
      [...exif, 0, 0, 0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0],
    ])
      expect(jpegHeader(inserted(app1(body))), `${body}`).toBeNull()
    for (const length of [2, 7])
      expect(jpegHeader(inserted([0xff, 0xe1, 0, length, ...exif, 0, 0])), `length ${length}`).toBeNull()
    expect(jpegHeader(inserted([0, 0xda, 0, 4, 0, 0]))).toBeNull()
  })

  test('is that of libvips whatever stands in it, or is left to it', async () => {
    const seed = 7
    const random = seeded(seed)
    const originals = [
      await picture((image) => image.withMetadata({ orientation: 6 })),
      readFileSync(fixture('halves-turned.jpg')),
    ]
    let read = 0
    for (let turn = 0; turn < 600; turn++) {
      const bytes = mutated(originals[turn % originals.length], 400, random)
      const header = jpegHeader(bytes)
      if (header === null) continue
      const expected = await told(bytes).catch(() => null)
      if (expected === null) continue
      read++
      expect(header, `seed ${seed}, turn ${turn}`).toEqual(expected)
    }
    expect(read).toBeGreaterThan(100)
  })
})
