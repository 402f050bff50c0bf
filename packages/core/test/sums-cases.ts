// Winograd convolutions of one block of 4x4 outputs with so many filters that they are sums of taps: of tiles around few and a block, channels around whole vectors, rows of every height.
import { type ConvDescriptor, type ConvOptions, describeConv, describeConvTranspose, type RunOperands } from '@weft/core'

export function sumsCases(): ConvDescriptor[] {
  const conv = (x: number[], oc: number, options: ConvOptions & RunOperands = {}) =>
    describeConv(x, [oc, (x.at(-3) as number) / (options.groups ?? 1), 3, 3], true, { padding: 1, ...options })
  const epilogue: ConvOptions & RunOperands = { residual: true, activation: 'hardSwish' }
  return [
    // Five tiles, a vector of eight and one more, two vectors and a third; two strips.
    ...[
      [4, 20],
      [3, 32],
      [9, 12],
      [14, 13],
      [9, 28],
      [1, 132],
    ].map(([height, width]) => conv([128, height, width], 114, epilogue)),
    // Channels of a whole vector and not; fours and single ones; tiles of all rows and of fewer.
    ...[120, 124, 127, 136].map((channels) => conv([channels, 9, 8], 124)),
    ...[115, 116, 117, 119].map((channels) => conv([128, 5, 9], channels, { activation: 'relu' })),
    conv([1824, 5, 9], 8),
    conv([1824, 5, 9], 9),
    conv([184, 9, 10], 164, { groups: 2 }),
    conv([2, 128, 7, 9], 115),
    describeConvTranspose([128, 6, 10], [128, 114, 3, 3], true, { padding: 1 }),
  ]
}
