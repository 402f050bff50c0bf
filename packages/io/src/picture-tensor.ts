// Samples of a picture as codecs give them, as a tensor (C, H, W) of 0 to 1.
import { type FloatTensor, type Shape, Tensor } from '@weft/core'
import { CHANNELS, type Channels, type Level, planesFor, type Samples, unpack } from './planes.ts'
import { inSlabs } from './slabs.ts'
import { targetFor } from './target.ts'

/** Which numbers are made of a picture. */
export interface PictureNumbers {
  /** 'gray' for 1 channel, 'rgb' (unless told) or 'bgr' for 3, 'rgba' for 4. */
  channels?: Channels | undefined
  /** What becomes of the numbers, a level for each channel; they are 0 to 1 unless told. */
  levels?: readonly Level[] | undefined
  /** Asked for memory of the shape (C, H, W), once the image was decoded whole; see `ReadOptions`. */
  into?: ((shape: Shape) => Float32Array) | undefined
}

/** `bands` samples a pixel, row after row. @throws OPTION, MEMORY as `targetFor` */
export async function pictureTensor(
  samples: Samples,
  { width, height }: { readonly width: number; readonly height: number },
  bands: number,
  { channels = 'rgb', levels, into }: PictureNumbers,
): Promise<FloatTensor> {
  const pixels = width * height
  const planes = planesFor(channels, bands)
  const shape = [CHANNELS[channels], height, width]
  const out = targetFor(shape, 'float32', into)
  await inSlabs(pixels, (begin, end) => unpack(samples, bands, planes, levels, out, pixels, begin, end))
  return new Tensor(out, shape)
}
