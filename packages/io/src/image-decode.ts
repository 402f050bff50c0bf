// PNG, JPEG, WebP and TIFF to tensors.
import { type FloatTensor, MAX_ELEMENTS, WeftError } from '@weft/core'
import type { Metadata, OutputInfo, Sharp } from 'sharp'
import { expectFrame, type Frame, framed } from './frame.ts'
import { imageFormatOfBytes } from './image-format.ts'
import { imageLibrary } from './image-library.ts'
import { InputFile } from './input-file.ts'
import { formatError, reasonOf, tooLarge } from './io-error.ts'
import { jpegHeader } from './jpeg-header.ts'
import { type PictureNumbers, pictureTensor } from './picture-tensor.ts'
import { CHANNELS } from './planes.ts'

export interface ImageReadOptions extends PictureNumbers {
  /** Refuse an image of more pixels, by its header, before anything is decoded; 268,402,689 (16383 squared) unless told. */
  maxPixels?: number | undefined
  /** Which page of a TIFF, from 0; the first unless told. */
  page?: number | undefined
  /** How the picture is resized and cut, from the width and height of the upright picture; as it is unless told. */
  frame?: ((width: number, height: number) => Frame) | undefined
}

/**
 * How many pictures a file holds: the pages of a TIFF; 1 for every other format, of which the first frame is read.
 * @throws NOT_FOUND, IO, FORMAT
 */
export async function imagePages(path: string): Promise<number> {
  await using file = await InputFile.open(path)
  const head = await file.bytes(0, Math.min(file.size, 16))
  if (imageFormatOfBytes(head) !== 'tiff') return 1
  const sharp = await imageLibrary()
  return (await codec(path, () => sharp(path, { limitInputPixels: false }).metadata())).pages ?? 1
}

export interface ImageDecodeOptions extends ImageReadOptions {
  /** What messages call the image; its path, mostly. */
  label?: string | undefined
}

export const DEFAULT_MAX_PIXELS = 16383 ** 2

/** What is asked of a picture before its pixels. */
type Header = Pick<Metadata, 'width' | 'height' | 'space' | 'depth' | 'hasAlpha'>

/** Compressed bytes are held in memory while they are decoded. */
const MAX_FILE_BYTES = 2 ** 31 - 1

/**
 * Reads a PNG, JPEG, WebP or TIFF file as a float32 tensor (C, H, W) of values from 0 to 1; see `decodeImage`. What the file
 * holds decides, not its extension.
 *
 * @throws NOT_FOUND or IO when it cannot be read, and what `decodeImage` throws.
 */
export async function readImage(path: string, options: ImageReadOptions = {}): Promise<FloatTensor> {
  await using file = await InputFile.open(path)
  return await decode(await file.all(MAX_FILE_BYTES), path, options)
}

/**
 * Decodes a PNG, JPEG, WebP or TIFF as a float32 tensor (C, H, W).
 *
 * - Values are 0 to 1 unless `levels` change them: 8-bit samples divided by 255, 16-bit samples (PNG, TIFF) by 65535, neither rounded to the other;
 *   1, 2 and 4 bits and palettes are widened to 8 bits first.
 * - The EXIF orientation is applied: H and W are those of the upright picture.
 * - The numbers are those in the file: a colour profile is not applied (as in Pillow and OpenCV). CMYK becomes sRGB.
 * - 'gray' of a colour image is 0.299 R + 0.587 G + 0.114 B; 'rgb' of a grey one repeats it. 'gray' and 'rgb' drop alpha
 *   without blending; 'rgba' of an image without alpha is opaque, 1.
 * - A picture with a `frame` is resized by the mean of what each pixel covers (as Pillow's and torchvision's bilinear).
 * - Only one page or frame is read, the first unless `page` says.
 *
 * @throws FORMAT when it is no such image, or damaged or cut short anywhere, even where a decoder could fill the rest with
 * grey; TOO_LARGE past `maxPixels`, or past 2^30 - 1 numbers; DTYPE for samples other than 8 or 16 bits; OPTION for an
 * option out of range.
 */
export async function decodeImage(bytes: Uint8Array, options: ImageDecodeOptions = {}): Promise<FloatTensor> {
  return await decode(bytes, options.label ?? 'image', options)
}

async function decode(bytes: Uint8Array, label: string, options: ImageReadOptions): Promise<FloatTensor> {
  const { channels = 'rgb', maxPixels = DEFAULT_MAX_PIXELS, page = 0, frame } = options
  expectOptions(channels, maxPixels, page)
  if (imageFormatOfBytes(bytes) === undefined) throw formatError(label, 'it is not a PNG, JPEG, WebP or TIFF image')

  const sharp = await imageLibrary()
  // The header first: its size is judged here, so that the error can say the numbers.
  const own = jpegHeader(bytes)
  const known = own !== null && own.width * own.height <= maxPixels
  const metadata = known ? own : await codec(label, () => sharp(bytes, { limitInputPixels: false, page }).metadata())
  expectReadable(metadata, CHANNELS[channels], maxPixels, label)
  const image = sharp(bytes, { page, limitInputPixels: maxPixels, failOn: 'warning', autoOrient: true, ignoreIcc: true })
  const upright = metadata.autoOrient
  const within = frame?.(upright.width, upright.height)
  if (within !== undefined) expectFrame(within, label)
  const placed = within === undefined ? image : framed(image, within)
  const { data, info } = await codec(label, () => rawOf(placed, metadata).toBuffer({ resolveWithObject: true }))
  // Of an extended picture sharp tells the size before.
  return await toTensor(
    data,
    { ...info, ...(within && { width: within.width, height: within.height }) },
    metadata.depth === 'ushort',
    options,
    label,
  )
}

function rawOf(image: Sharp, metadata: Header): Sharp {
  const wide = metadata.depth === 'ushort'
  // As colours, grey keeps its alpha; without any, one band is enough.
  const grey = (metadata.space === 'b-w' || metadata.space === 'grey16') && !metadata.hasAlpha
  return image.toColourspace(grey ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb').raw({ depth: wide ? 'ushort' : 'uchar' })
}

async function toTensor(
  data: Buffer,
  info: OutputInfo,
  wide: boolean,
  numbers: PictureNumbers,
  label: string,
): Promise<FloatTensor> {
  const { width, height, channels: bands } = info
  const pixels = width * height
  if (bands > 4 || data.length !== pixels * bands * (wide ? 2 : 1)) {
    throw formatError(label, `it has ${bands} channels a pixel; images of 1 to 4 are read`, { bands })
  }
  const samples = wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data
  return await pictureTensor(samples, info, bands, numbers)
}

function expectOptions(channels: string, maxPixels: number, page: number): void {
  if (!Number.isSafeInteger(page) || page < 0) {
    throw new WeftError('OPTION', `page is ${page}; it must be a whole number of 0 or more`, { page })
  }
  if (!Object.hasOwn(CHANNELS, channels)) {
    throw new WeftError('OPTION', `channels ${JSON.stringify(channels)} is none; use ${Object.keys(CHANNELS).join(', ')}`, {
      channels,
    })
  }
  if (!Number.isSafeInteger(maxPixels) || maxPixels < 1) {
    throw new WeftError('OPTION', `maxPixels is ${maxPixels}; it must be a whole number of 1 or more`, { maxPixels })
  }
}

function expectReadable({ width, height, depth }: Header, planes: number, maxPixels: number, label: string): void {
  const size = `it is ${width} x ${height} pixels`
  if (width * height > maxPixels)
    throw tooLarge(label, `${size}; the limit is ${maxPixels} (maxPixels)`, { width, height, maxPixels })
  if (width * height * planes > MAX_ELEMENTS) {
    throw tooLarge(label, `${size} in ${planes} channels, more numbers than a tensor holds (${MAX_ELEMENTS})`, { width, height })
  }
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw new WeftError('DTYPE', `${label}: its samples are ${depth}; images of 8 or 16 bits are read: save numbers as .npy`, {
      depth,
    })
  }
}

async function codec<T>(label: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw formatError(label, `it cannot be decoded, it is damaged or cut short: ${reasonOf(error).split('\n', 1)[0]}`)
  }
}
