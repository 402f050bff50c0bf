// Convolutions at, below and above every edge of the planes kernel, for a tier of so many lanes.
import { ACTIVATIONS, type ConvDescriptor, describeConv } from '@weft/core'

function conv(x: number[], oc: number, kernel: number[], options: Parameters<typeof describeConv>[3] = {}): ConvDescriptor {
  const channels = x[x.length - kernel.length - 1]
  return describeConv(x, [oc, channels / (options.groups ?? 1), ...kernel], true, options)
}

const around = (edge: number) => [edge - 1, edge, edge + 1].filter((value) => value > 0)

export function planesCases(lanes: number): ConvDescriptor[] {
  const widths = [...new Set([1, 2, 5, ...[lanes / 2, lanes, 3 * lanes, 5 * lanes].flatMap(around)])]
  return [
    ...widths.flatMap((w) => [
      conv([3, 4, w], 1, [3, 3], { padding: 1 }),
      conv([5, w], 2, [3], { padding: 1 }),
      conv([2, 5, w], 3, [5, 5], { padding: 2, stride: 2 }),
      // At stride 3 rows of three vectors and more are staged by vectors, where more than one phase is read.
      conv([3, 5, w], 1, [3, 3], { padding: [1, 2], stride: [1, 3] }),
      conv([3, 5, 3 * w + 1], 2, [2, 2], { padding: 1, stride: 3 }),
    ]),
    ...Array.from({ length: 18 }, (_, index) => conv([2, index + 1, lanes + 3], 1, [3, 3], { padding: 1 })),
    // Channels of a band, and of the last one.
    ...[2, 3, 15, 16, 17, 40].map((channels) => conv([channels, 6, 5], 2, [3, 3], { padding: 1 })),
    ...[1, 2, 8, 9].map((oc) => conv([6, 6, 11], 3 * oc, [3, 3], { padding: 1, stride: 2, groups: 3 })),
    // Many outputs of many inputs.
    ...[10, 31, 32].flatMap((oc) => [
      conv([16, 6, lanes + 1], oc, [3, 3], { padding: 1, stride: 2, activation: 'relu' }),
      conv([34, 7, 9], 2 * oc, [2, 2], { padding: 1, stride: 3, groups: 2 }),
    ]),
    // Sums of so many outputs that blocks have fewer rows than staging has room for, and bands several channels.
    conv([18, 40, lanes], 30, [3, 3], { padding: 1, stride: [1, 2] }),
    conv([20, 23, 2 * lanes + 1], 32, [3, 3], { padding: 1 }),
    // Kernels of one row skip the rows between, from the first that is read on.
    ...[0, 1, 2, 3, 5].flatMap((padding) =>
      [2, 3, 4].flatMap((stride) => [
        conv([3, 7, lanes + 1], 2, [1, 1], { padding, stride }),
        conv([2, 1, 9], 1, [1, 3], { padding, stride: [stride, 1] }),
      ]),
    ),
    // Columns of the kernel that the registers do not hold.
    conv([2, 31, 7], 1, [31, 1], { padding: [15, 0] }),
    conv([2, 40, 3 * lanes], 1, [40, 3], { padding: [20, 1] }),
    conv([2, 7, 40], 1, [1, 31], { padding: [0, 15] }),
    // Kernels larger than the picture, taps that meet nothing but padding, and dilation.
    conv([3, 2, 3], 2, [7, 7], { padding: 3 }),
    conv([3, 1, 1], 2, [5, 5], { padding: 4, stride: 3 }),
    conv([2, 15, 21], 3, [3, 2], { padding: 3, stride: 2, dilation: [3, 2] }),
    // Blocks of rows, the last of them short.
    conv([3, 67, 150], 2, [3, 3], { padding: 1 }),
    conv([5, 99, 131], 1, [5, 5], { padding: 2, stride: 2 }),
    ...ACTIVATIONS.flatMap((kind) => {
      const activation = kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind
      return [conv([3, 9, 19], 4, [3, 3], { padding: 1, activation, residual: true })]
    }),
  ]
}
