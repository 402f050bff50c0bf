// The image formats: what each file begins with, is called, and how it is encoded.
import { extname } from 'node:path'
import { WeftError } from '@weft/core'
import type { Sharp } from 'sharp'

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'tiff'

interface ImageFormatRow {
  readonly extensions: readonly string[]
  /** The largest width or height that can be written. */
  readonly maxSide: number
  readonly alpha: boolean
  begins(head: Uint8Array): boolean
  encode(image: Sharp, quality: number | undefined): Sharp
}

const DEFAULT_JPEG_QUALITY = 90

export const IMAGE_FORMATS: Readonly<Record<ImageFormat, ImageFormatRow>> = {
  png: {
    extensions: ['.png'],
    maxSide: 2 ** 31 - 1,
    alpha: true,
    begins: (head) => starts(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    encode: (image) => image.png(),
  },
  jpeg: {
    extensions: ['.jpg', '.jpeg'],
    maxSide: 65535,
    alpha: false,
    begins: (head) => starts(head, [0xff, 0xd8, 0xff]),
    encode: (image, quality = DEFAULT_JPEG_QUALITY) => image.jpeg({ quality, chromaSubsampling: '4:4:4' }),
  },
  webp: {
    extensions: ['.webp'],
    maxSide: 16383,
    alpha: true,
    begins: (head) => starts(head, [0x52, 0x49, 0x46, 0x46]) && starts(head.subarray(8), [0x57, 0x45, 0x42, 0x50]),
    encode: (image, quality) => image.webp(quality === undefined ? { lossless: true, exact: true } : { quality }),
  },
  tiff: {
    extensions: ['.tif', '.tiff'],
    maxSide: 2 ** 31 - 1,
    alpha: true,
    begins: (head) => TIFF_MARKS.some((mark) => starts(head, mark)),
    encode: (image) => image.tiff({ compression: 'deflate' }),
  },
}

// Either byte order, classic and big.
const TIFF_MARKS = [
  [0x49, 0x49, 0x2a, 0x00],
  [0x4d, 0x4d, 0x00, 0x2a],
  [0x49, 0x49, 0x2b, 0x00],
  [0x4d, 0x4d, 0x00, 0x2b],
]

/** What the bytes say, whatever the file is called; undefined when they are none of the formats. */
export function imageFormatOfBytes(bytes: Uint8Array): ImageFormat | undefined {
  return names().find((name) => IMAGE_FORMATS[name].begins(bytes))
}

/** What the file is called. @throws FORMAT when the extension is none of the formats'. */
export function imageFormatOfPath(path: string): ImageFormat {
  const extension = extname(path).toLowerCase()
  const found = names().find((name) => IMAGE_FORMATS[name].extensions.includes(extension))
  if (found === undefined)
    throw new WeftError('FORMAT', `${path}: ${names().join(', ')} are written, not ${extension || 'a name without extension'}`, {
      path,
    })
  return found
}

function names(): ImageFormat[] {
  return Object.keys(IMAGE_FORMATS) as ImageFormat[]
}

function starts(head: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => head[index] === byte)
}
