// An output that is a picture.
import { type FloatTensor, formatShape, Tensor, WeftError } from '@weft/core'
import type { Preprocessing } from '../preprocess.ts'
import type { Kind } from './kind.ts'
import { oneOutput } from './one.ts'

export const image: Kind = {
  about: 'an output of 1, 3 or 4 channels as a picture; 0 is black and 1 is white unless --range tells',
  single: true,
  formats: ['png', 'jpg', 'webp', 'tiff'],
  naturalFormat: () => 'png',
  async render(outcome, { range }) {
    const { fed } = outcome
    const { name, shape, data } = oneOutput(outcome)
    const planes = planesOf(new Tensor(data, shape.length === 2 ? [1, ...shape] : shape), fed?.layout ?? 'nchw')
    if (planes === null) {
      const problem = `output '${name}' ${formatShape(shape)} is no picture of 1, 3 or 4 channels`
      throw new WeftError('SHAPE', `${problem}; choose another --as, or another output with --outputs`, { shape })
    }
    const [black, white] = range ?? [0, 1]
    const scaled = planes.data.map((value) => (value - black) / (white - black))
    const result = new Tensor(scaled, planes.shape)
    if (fed?.colour === 'bgr' && planes.shape[0] >= 3) swapEnds(result)
    return { result, about: { shape: [...planes.shape] } }
  },
}

const isCount = (channels: number): boolean => [1, 3, 4].includes(channels)

/** (C, H, W), whichever of its ends the channels are at: where both could be, as the network was fed; null where neither. */
function planesOf(output: FloatTensor, layout: Preprocessing['layout']): FloatTensor | null {
  if (output.rank !== 3) return null
  const [first, , end] = output.shape
  if (isCount(first) && (layout === 'nchw' || !isCount(end))) return output
  if (!isCount(end)) return null
  const [height, width, channels] = output.shape
  const planes = Tensor.zeros([channels, height, width])
  for (let at = 0; at < output.data.length; at++)
    planes.data[(at % channels) * height * width + Math.floor(at / channels)] = output.data[at]
  return planes
}

/** What was fed blue first gives blue first. */
function swapEnds({ data, shape: [, height, width] }: FloatTensor): void {
  const [size, blue] = [height * width, data.slice(0, height * width)]
  data.copyWithin(0, 2 * size, 3 * size)
  data.set(blue, 2 * size)
}
