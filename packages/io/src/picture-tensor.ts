// Samples of a picture as codecs give them, as a tensor (C, H, W) of 0 to 1.
import { type FloatTensor, type Shape, Tensor } from '@weft/core'
import { CHANNELS, type Channels, planesFor, type Samples, unpack } from './planes.ts'
import { inSlabs } from './slabs.ts'
import { targetFor } from './target.ts'

/** `bands` samples a pixel, row after row. @throws OPTION, MEMORY as `targetFor` */
export async function pictureTensor(
  samples: Samples,
  { width, height }: { readonly width: number; readonly height: number },
  bands: number,
  channels: Channels,
  into: ((shape: Shape) => Float32Array) | undefined,
): Promise<FloatTensor> {
  const pixels = width * height
  const planes = planesFor(channels, bands)
  const shape = [CHANNELS[channels], height, width]
  const out = targetFor(shape, 'float32', into)
  await inSlabs(pixels, (begin, end) => unpack(samples, bands, planes, out, pixels, begin, end))
  return new Tensor(out, shape)
}
