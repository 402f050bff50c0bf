// Convolutions at, below and above every edge of the matrix kernel: lines of 16 outputs in pairs, 32 channels, steps of 32 products.
import { ACTIVATIONS, type ConvDescriptor, describeConv } from '@weft/core'

function conv(x: number[], oc: number, kernel: number[], options: Parameters<typeof describeConv>[3] = {}): ConvDescriptor {
  const channels = x[x.length - kernel.length - 1]
  return describeConv(x, [oc, channels / (options.groups ?? 1), ...kernel], true, options)
}

const around = (edge: number) => [edge - 1, edge, edge + 1]

export function matrixCases(): ConvDescriptor[] {
  return [
    // Pixels that follow each other: a line, a pair of them, pairs and one more, full or not.
    ...[1, 2, 7, ...[16, 32, 48, 64, 96].flatMap(around)].flatMap((w) => [
      conv([5, 1, w], 5, [1, 1]),
      conv([3, w], 33, [3], { padding: 1 }),
    ]),
    // Rows: two and more a line, one a line with outputs to spare, lines that end within a row.
    ...[6, 7, 8, 9, 12, 14, ...around(16), 23, 24, 25, ...around(32), ...around(48)].flatMap((w) =>
      [2, 3, 4, 5].flatMap((h) => [
        conv([3, h, w], 6, [3, 3], { padding: 1 }),
        conv([2, 2 * h, 2 * w], 4, [3, 3], { padding: 1, stride: 2 }),
      ]),
    ),
    // Blocks of 32 channels, and the rest in one tile or two.
    ...[4, 5, ...[16, 32, 48, 64, 96].flatMap(around)].flatMap((oc) => [
      conv([5, 5, 7], oc, [1, 1]),
      conv([4, 6, 17], oc, [3, 3], { padding: 1, stride: [2, 1] }),
    ]),
    // Products, of a tap of every channel or of many: steps, and several chunks of them; channels in pairs and odd.
    ...[1, 2, 3, ...[16, 32, 64].flatMap(around), ...around(576), 1153].flatMap((ic) => [
      conv([ic, 3, 6], 9, [1, 1]),
      conv([ic, 5, 13], 4, [1, 1], { stride: 2, padding: 1 }),
    ]),
    ...[1, 2, 3, 4, 7, 8, ...around(64), 129].map((ic) => conv([ic, 5, 9], 6, [3, 3], { padding: 1 })),
    ...[1, 2, 3, 5, 7].map((k) => conv([3, 11, 13], 7, [3, k], { padding: [1, 3], stride: 2 })),
    // Several chunks of sums, in several blocks of lines and of channels.
    conv([65, 21, 21], 33, [3, 3], { padding: 1 }),
    conv([66, 22, 22], 8, [3, 3], { padding: 1, residual: true, activation: 'relu' }),
    conv([577, 9, 49], 33, [1, 1]),
    // Several blocks, each with rows of its own, the last of them short; rows of several blocks.
    conv([3, 61, 67], 5, [3, 3], { padding: 1 }),
    conv([4, 61, 67], 35, [3, 3], { padding: 1, stride: 2 }),
    conv([8, 61, 67], 12, [3, 3], { padding: 1, groups: 2 }),
    conv([2, 3, 900], 6, [3, 3], { padding: 1 }),
    conv([2, 1700], 40, [3], { padding: 1 }),
    conv([3, 1700], 4, [1]),
    conv([3, 3300], 5, [5], { padding: 2, stride: 2 }),
    // Strides, dilations, padding of more than a kernel, taps that meet nothing else.
    conv([1, 12, 29], 8, [4, 4], { stride: 4 }),
    conv([3, 40, 45], 8, [7, 7], { padding: 3, stride: 2 }),
    ...[2, 3, 5].map((dilation) => conv([6, 13, 17], 8, [3, 3], { padding: dilation, dilation })),
    conv([2, 12, 40], 9, [3, 4], { stride: [1, 2], dilation: [2, 3], padding: [2, 4] }),
    conv([3, 4, 8], 5, [3, 5], { padding: [1, 6], dilation: [1, 3] }),
    conv([3, 2, 16], 6, [5, 5], { padding: 4, stride: 3 }),
    conv([4, 9, 9], 6, [3, 3], {
      padding: [
        [0, 9],
        [7, 0],
      ],
    }),
    conv([4, 1, 19], 6, [3, 3], { padding: 3, stride: 3 }),
    conv([4, 1, 6], 6, [1, 1], { padding: [1, 0], stride: [2, 1] }),
    conv([4, 40], 6, [31], { padding: 15 }),
    // Groups, items, residuals, no bias, every activation.
    ...[
      [2, 4, 4],
      [3, 5, 17],
      [2, 33, 40],
      [5, 3, 32],
    ].flatMap(([groups, ic, oc]) => [
      conv([groups * ic, 5, 8], groups * oc, [3, 3], { padding: 1, groups }),
      conv([groups * ic, 5, 8], groups * oc, [1, 1], { groups, residual: true }),
    ]),
    conv([3, 5, 4, 9], 33, [1, 1], { residual: true }),
    conv([2, 4, 24, 25], 6, [3, 3], { padding: 1, stride: 2, residual: true }),
    describeConv([5, 6, 17], [37, 5, 3, 3], false, { padding: 1 }),
    ...ACTIVATIONS.flatMap((kind) => {
      const activation = kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind
      return [
        conv([6, 5, 7], 35, [3, 3], { padding: 1, activation }),
        conv([6, 3, 11], 20, [1, 1], { activation, residual: true }),
      ]
    }),
  ]
}
