// Winograd convolutions whose tiles leave a vector of sixteen lanes partly empty: around every edge of tiles, vectors and chunks.
import { type ConvDescriptor, type ConvOptions, describeConv } from '@weft/core'

export function acrossCases(): ConvDescriptor[] {
  const conv = (x: number[], oc: number, options: ConvOptions = {}) =>
    describeConv(x, [oc, x[0] / (options.groups ?? 1), 3, 3], true, { padding: 1, ...options })
  return [
    // One tile to two vectors of them and one more, wide and high.
    ...[1, 8, 9, 10, 15, 16, 17, 33].map((tiles) => conv([96, 3, 4 * tiles], 20)),
    ...[2, 3, 4, 7].map((tiles) => conv([96, 4 * tiles, 4 * tiles - 1], 33)),
    // Fours and single ones of the last vector, and a last chunk of every width.
    ...[1, 3, 15, 16, 17, 31, 47, 48, 49, 97].map((oc) => conv([72, 12, 13], oc)),
    conv([160, 12, 12], 66, { groups: 2, activation: 'hardSwish' }),
    conv([130, 20, 11], 18, { dilation: 2, padding: 2 }),
  ]
}
