// Weights into the order of the kernels: per channel tile the biases, then a row of weights a product.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { ChannelTile } from './tiling.ts'

const SMALLEST_NORMAL = 2 ** -126

/** Subnormals slow a kernel down a hundredfold and -0 would show in a sum of nothing: both become 0. */
export function flush(value: number): number {
  return Math.abs(value) < SMALLEST_NORMAL ? 0 : value
}

/**
 * Packs a tile of output channels at `out[at]`.
 * @param width floats of a row of biases or weights: what they leave of it is 0
 * @param offsets for each product in order, its offset within the weights of one output channel: see `weightIndex`
 */
export function packTile(
  tile: Pick<ChannelTile, 'oc' | 'rows'>,
  weight: Float32Array,
  bias: Float32Array | null,
  offsets: Int32Array,
  channelOffset: (oc: number) => number,
  out: Float32Array,
  at: number,
  width = tile.rows,
): void {
  if (width > tile.rows) out.fill(0, at, at + width * (offsets.length + 1))
  for (let row = 0; row < tile.rows; row++) {
    const oc = tile.oc + row
    const from = channelOffset(oc)
    out[at + row] = bias === null ? 0 : flush(bias[oc])
    for (let product = 0; product < offsets.length; product++) {
      out[at + (product + 1) * width + row] = flush(weight[from + offsets[product]])
    }
  }
}

/** How the caller's weights are laid out: (oc, ic / groups, taps), or (ic, oc / groups, taps) where transposed. */
export function weightStrides(d: ConvDescriptor): { taps: number; ic: number; channelOffset: (oc: number) => number } {
  const taps = d.kernel[0] * d.kernel[1] * d.kernel[2]
  const [icPerGroup, ocPerGroup] = [d.ic / d.groups, d.oc / d.groups]
  if (!d.transposed) return { taps, ic: taps, channelOffset: (oc) => oc * icPerGroup * taps }
  return {
    taps,
    ic: ocPerGroup * taps,
    channelOffset: (oc) => Math.floor(oc / ocPerGroup) * icPerGroup * ocPerGroup * taps + (oc % ocPerGroup) * taps,
  }
}
