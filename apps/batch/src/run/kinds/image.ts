// An output that is a picture.
import { formatShape, Tensor, WeftError } from '@weft/core'
import type { Kind } from './kind.ts'
import { oneOutput } from './one.ts'

export const image: Kind = {
  about: 'an output of 1, 3 or 4 channels as a picture; 0 is black and 1 is white unless --range tells',
  single: true,
  formats: ['png', 'jpg', 'webp', 'tiff'],
  naturalFormat: () => 'png',
  async render(outcome, { range }) {
    const { name, shape, data } = oneOutput(outcome)
    const planes = shape.length === 2 ? [1, ...shape] : shape
    if (planes.length !== 3 || ![1, 3, 4].includes(planes[0])) {
      const problem = `output '${name}' ${formatShape(shape)} is no picture of 1, 3 or 4 channels`
      throw new WeftError('SHAPE', `${problem}; choose another --as, or another output with --outputs`, { shape })
    }
    const [black, white] = range ?? [0, 1]
    const scaled = data.map((value) => (value - black) / (white - black))
    return { result: new Tensor(scaled, planes), about: { shape: [...planes] } }
  },
}
