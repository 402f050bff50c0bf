// Slabs of a volume: planes of the output that are computed together, so that planes of the input are transformed once for all of them.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { beforeOf } from './axis.ts'

export interface Slab {
  /** The first output plane, and how many. */
  readonly plane: number
  readonly planes: number
  /** The input plane under the first tap of the first, which may be padding, and how many are read from there on. */
  readonly input: number
  readonly inputs: number
}

/** Bytes of factors of a slab, but for those of one output plane: more do not stay in the second cache while all filters pass over them. */
const SLAB_BYTES = 1.5 * 2 ** 20

/** Slabs of nearly as many planes each, the first the largest. @param bytes of an input plane's factors in a block */
export function slabsOf(d: ConvDescriptor, bytes: number): Slab[] {
  const [planes, taps, stride] = [d.output[0], d.kernel[0], d.stride[0]]
  const most = Math.max(1, Math.floor((SLAB_BYTES / bytes - taps) / stride) + 1)
  const each = Math.ceil(planes / Math.ceil(planes / most))
  return Array.from({ length: Math.ceil(planes / each) }, (_, index) => {
    const plane = index * each
    const count = Math.min(each, planes - plane)
    return { plane, planes: count, input: plane * stride - beforeOf(d, 0), inputs: (count - 1) * stride + taps }
  })
}
