// Joining the outputs of two filters to one picture.
import { setImmediate as turn } from 'node:timers/promises'
import { type FloatTensor, sizeOf, Tensor } from '@weft/core'

/** Numbers between two turns of the event loop: a few milliseconds. */
const SLAB = 2 ** 19

/**
 * sqrt(a^2 + b^2) of each two neighbouring channels of (..., 2 C, H, W), into the beginning of the same memory. A plane is
 * written only once both that it comes from were read, and no later pair begins before it.
 */
export async function magnitude(y: FloatTensor): Promise<FloatTensor> {
  const { data, shape } = y
  const [height, width] = shape.slice(-2)
  const plane = height * width
  const halved = shape.map((extent, axis) => (axis === shape.length - 3 ? extent / 2 : extent))
  for (let out = 0; out < data.length / 2; out += plane) {
    for (let begin = 0; begin < plane; begin += SLAB) {
      const end = Math.min(begin + SLAB, plane)
      for (let i = begin; i < end; i++) {
        const a = data[2 * out + i]
        const b = data[2 * out + plane + i]
        data[out + i] = Math.sqrt(a * a + b * b)
      }
      if (out + end > SLAB) await turn()
    }
  }
  return new Tensor(data.subarray(0, sizeOf(halved)), halved)
}
