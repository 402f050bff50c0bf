// Tensors to PNG, JPEG, WebP and TIFF.
import { formatShape, type Tensor, WeftError } from '@weft/core'
import { allocate } from './allocate.ts'
import { IMAGE_FORMATS, type ImageFormat, imageFormatOfPath } from './image-format.ts'
import { imageLibrary } from './image-library.ts'
import { reasonOf } from './io-error.ts'
import { pack } from './planes.ts'
import { inSlabs } from './slabs.ts'
import { writeAtomically } from './write-atomically.ts'

export interface ImageWriteOptions {
  /**
   * 1 to 100 for JPEG (90 unless told, colours at full resolution) and WebP (lossless unless told). PNG and TIFF (deflate)
   * are lossless.
   */
  quality?: number | undefined
}

/**
 * Writes a tensor as an image file, in the format of its extension; see `encodeImage`. The file appears whole or not at
 * all (`writeAtomically`).
 *
 * @throws FORMAT for another extension, NOT_FOUND when the folder is not there, IO when writing fails, and what
 * `encodeImage` throws.
 */
export async function writeImage(path: string, tensor: Tensor, options: ImageWriteOptions = {}): Promise<void> {
  await writeAtomically(path, await encodeImage(tensor, imageFormatOfPath(path), options))
}

/**
 * Encodes a float32 tensor (C, H, W), C = 1 grey, 3 RGB or 4 RGB and alpha, as an image of 8 bits a sample. Values are
 * clamped to 0..1, multiplied by 255 and rounded to the nearest; NaN becomes 0. WebP has no grey: it is written as RGB.
 *
 * @throws DTYPE when the tensor is not float32; SHAPE when it is not such an image, is empty, or has alpha for JPEG;
 * TOO_LARGE when a side is longer than the format allows; OPTION for a quality outside 1 to 100.
 */
export async function encodeImage(tensor: Tensor, format: ImageFormat, options: ImageWriteOptions = {}): Promise<Uint8Array> {
  const { quality } = options
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new WeftError('OPTION', `quality is ${quality}; it must be a whole number from 1 to 100`, { quality })
  }
  const data = expectImage(tensor, format)
  const [channels, height, width] = tensor.shape
  const samples = new Uint8ClampedArray(allocate(data.length, 'uint8').buffer)
  const pixels = height * width
  await inSlabs(pixels, (begin, end) => pack(data, channels, samples, pixels, begin, end))

  const sharp = await imageLibrary()
  const raw = { width, height, channels: channels as 1 | 3 | 4 }
  const image = sharp(samples, { raw, limitInputPixels: false }).toColourspace(channels === 1 ? 'b-w' : 'srgb')
  try {
    return await IMAGE_FORMATS[format].encode(image, quality).toBuffer()
  } catch (error) {
    throw new WeftError('IO', `${formatShape(tensor.shape)} cannot be encoded as ${format}: ${reasonOf(error)}`, {
      shape: tensor.shape,
      format,
    })
  }
}

function expectImage(tensor: Tensor, format: ImageFormat): Float32Array {
  const { shape, data } = tensor
  if (!(data instanceof Float32Array)) {
    throw new WeftError('DTYPE', `an image is written from float32 values of 0 to 1, not from ${tensor.dtype}`, {
      dtype: tensor.dtype,
    })
  }
  const [channels, height, width] = shape
  const { alpha, maxSide } = IMAGE_FORMATS[format]
  const allowed = alpha ? [1, 3, 4] : [1, 3]
  if (shape.length !== 3 || !allowed.includes(channels) || data.length === 0) {
    const wanted = `(C, H, W) with C ${allowed.join(' or ')} and at least one pixel`
    throw new WeftError('SHAPE', `shape ${formatShape(shape)} is not a ${format} image; it must be ${wanted}`, { shape, format })
  }
  if (Math.max(height, width) > maxSide) {
    throw new WeftError('TOO_LARGE', `shape ${formatShape(shape)} does not fit ${format}: a side is ${maxSide} at most`, {
      shape,
      format,
    })
  }
  return data
}
