// Depthwise convolutions at, below and above every edge of the depthwise kernel, for a tier of so many lanes.
import { ACTIVATIONS, type ConvDescriptor, describeConv } from '@weft/core'

type Options = NonNullable<Parameters<typeof describeConv>[3]>

function dw(channels: number, spatial: number[], kernel: number[], options: Options = {}, multiplier = 1): ConvDescriptor {
  return describeConv([channels, ...spatial], [channels * multiplier, 1, ...kernel], true, { ...options, groups: channels })
}

const around = (edge: number) => [edge - 1, edge, edge + 1]

export function depthwiseCases(lanes: number): ConvDescriptor[] {
  const widths = [...new Set([1, 2, 3, 5, 6, 7, ...[1, 2, 3, 4].flatMap((vectors) => around(vectors * lanes)), 9 * lanes + 1])]
  return [
    ...widths.flatMap((w) => [
      dw(3, [4, w], [3, 3], { padding: 1 }),
      dw(2, [5, w], [5, 5], { padding: 2, stride: 2 }),
      dw(2, [5, w], [3, 3], { padding: [1, 2], stride: [1, 3], activation: 'relu6' }),
      dw(2, [4, w], [2, 1], { stride: [1, 3] }),
      dw(2, [4, w], [1, 2], { padding: [0, 1], stride: 3 }),
      dw(2, [w], [3], { padding: 1 }),
      // More output than input, by a row and a column and by many.
      dw(2, [3, w], [2, 2], { padding: 1 }),
      dw(2, [2, w], [6, 6], { padding: 3, stride: 2 }),
    ]),
    // Pixels that are taken by themselves are one row from so many channels and vectors on.
    ...[63, 64, 65].map((channels) => dw(channels, [4, 4 * lanes], [1, 1])),
    ...around(16 * lanes).map((pixels) => dw(64, [1, pixels], [1, 1], { residual: true, activation: 'relu' })),
    dw(64, [7, 3 * lanes + 1], [1, 1], {}, 2),
    // Taps at both edges of one vector, and far from them.
    ...widths.flatMap((w) => [
      dw(2, [9, w], [5, 5], { padding: 2 }),
      dw(2, [4, w], [7, 7], { padding: 3 }),
      dw(2, [5, w], [3, 3], { padding: 1, stride: 2 }),
      dw(2, [6, w], [1, 4], { padding: [0, 2], stride: 2 }),
      dw(2, [5, w], [3, 3], { padding: [1, 2], stride: [1, 2], dilation: [1, 2], activation: 'relu' }),
    ]),
    // Pixels of a stride of 2 are loaded once for taps beside each other: kernels of every width from either phase on, in vectors and beyond.
    ...[1, 2, 3, 4, 5, 6, 7, 9].flatMap((kw) =>
      [0, 1, 2, 3]
        .filter((pad) => pad < kw)
        .flatMap((pad) =>
          [lanes - 1, lanes, 3 * lanes + 1].flatMap((w) => [
            dw(2, [4, 2 * w + kw - 2 * pad], [2, kw], { padding: [1, pad], stride: 2 }),
            dw(1, [2, 2 * w + 2 * kw - 2 * pad], [1, kw], { padding: [0, pad], stride: [1, 2], dilation: [1, 2] }),
          ]),
        ),
    ),
    // At a stride of 3 taps of one, two and three times three columns, in vectors and beyond.
    ...[1, 2, 3, 4, 6, 7].flatMap((kw) =>
      [0, 1, 2, 4]
        .filter((pad) => pad < kw)
        .flatMap((pad) =>
          [2, lanes / 2, lanes - 1, lanes, 3 * lanes + 1].flatMap((w) => [
            dw(2, [7, 3 * w + kw - 2 * pad], [kw < 4 ? 3 : 1, kw], { padding: [0, pad], stride: [2, 3] }),
            dw(1, [2, 3 * w + 2 * kw - 2 * pad], [1, kw], { padding: [0, pad], stride: [1, 3], dilation: [1, 2] }),
          ]),
        ),
    ),
    // Padding wider than a vector, and than a tile of them.
    ...[lanes - 1, lanes, lanes + 1, 5 * lanes].flatMap((pad) =>
      [1, 2].map((stride) => dw(2, [6, lanes + 5], [3, 3], { padding: [1, pad], stride })),
    ),
    // So many rows of padding that a picture of rows so long is staged, and one fewer.
    ...[8, 9].map((pad) => dw(1, [2, 1023], [1 + pad, 1], { padding: [pad, 0] })),
    // An output of the width, whatever the input has.
    ...widths.map((w) => dw(2, [7, 2 * w + 1], [3, 3], { stride: 2, activation: 'hardSwish' })),
    ...Array.from({ length: 18 }, (_, index) => [
      dw(3, [index + 1, lanes + 3], [3, 3], { padding: 1 }),
      dw(3, [2 * index + 1, lanes + 3], [3, 3], { padding: 1, stride: 2 }),
      dw(2, [index + 1, lanes - 3], [5, 5], { padding: 2 }),
    ]).flat(),
    // Rows of padding: as many tiles of different rows as there may be, and more.
    ...[2, 8, 9, 20].flatMap((pad) => [
      dw(2, [40, lanes + 2], [3, 3], { padding: [pad, 1] }),
      dw(2, [36, lanes + 2], [3, 3], { padding: [pad, 1], dilation: [pad, 1] }),
      dw(2, [61, 9], [3, 2], { padding: [pad, 1], stride: 2, dilation: [pad, 1] }),
      dw(2, [8, 9], [9, 1], { padding: [pad, 0] }),
    ]),
    // Rows around half a vector and a whole one, as many as a tile has and more: the next row is stored over the end of each.
    ...[lanes / 2, lanes].flatMap((edge) =>
      around(edge).flatMap((w) =>
        around(4).flatMap((h) => [
          dw(3, [h, w], [3, 3], { padding: 1 }),
          dw(2, [2 * h, 2 * w], [5, 5], { padding: 2, stride: 2 }),
        ]),
      ),
    ),
    ...[1, 2, 7, 8, 9, 17, 40].map((channels) => dw(channels, [6, 5], [3, 3], { padding: 1 })),
    ...[2, 3, 8].map((multiplier) => dw(9, [6, 11], [3, 3], { padding: 1, stride: 2 }, multiplier)),
    // Nine taps and more: from there on a kernel is summed by its columns.
    ...[
      [3, 3],
      [2, 5],
      [5, 2],
      [1, 9],
      [9, 1],
      [10, 1],
      [1, 10],
    ].flatMap((kernel) => [1, 8, 9].map((rows) => dw(3, [rows + kernel[0], lanes + kernel[1]], kernel, { padding: 1 }))),
    // Kernels larger than the picture, and taps that meet nothing but padding.
    dw(3, [2, 3], [7, 7], { padding: 3 }),
    dw(3, [1, 1], [5, 5], { padding: 4, stride: 3 }),
    dw(3, [4, 4], [3, 3], {
      padding: [
        [0, 9],
        [7, 0],
      ],
    }),
    dw(2, [9, 40], [1, 3], { padding: [2, 1] }),
    dw(2, [9, 40], [4, 1], { stride: [1, 2] }),
    dw(3, [15, 21], [3, 2], { padding: 3, stride: 2, dilation: [3, 2] }),
    dw(2, [30], [31], { padding: 15 }),
    dw(4, [23, 40], [11, 11], { padding: 5 }),
    // Rows that take several blocks, the last of them short.
    dw(5, [67, 150], [3, 3], { padding: 1 }),
    dw(3, [91, 2 * lanes + 1], [3, 3], { padding: [3, 1], stride: 2 }),
    dw(2, [83, lanes], [1, 3], { padding: [5, 1], stride: [2, 1] }),
    dw(2, [99, 131], [5, 5], { padding: 2, stride: 2 }),
    ...ACTIVATIONS.flatMap((kind) => {
      const activation = kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind
      return [dw(3, [9, 19], [3, 3], { padding: 1, activation }), dw(3, [9, 33], [5, 5], { padding: 2, activation })]
    }),
  ]
}
