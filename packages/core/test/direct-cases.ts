// Convolutions at, below and above every edge of the direct kernel's staging and blocks, for a tier of so many lanes.
import { type ConvDescriptor, describeConv } from '@weft/core'

const around = (edge: number) => [edge - 1, edge, edge + 1]

export function directCases(lanes: number): ConvDescriptor[] {
  const outs = [...new Set([1, ...around(lanes), ...around(2 * lanes), 5 * lanes + 1])].filter((ow) => ow > 0)
  return [
    // Every stride that parts pixels otherwise, at every width of an output row and of what lies behind it.
    ...outs.flatMap((ow) =>
      [1, 2, 3, 4].flatMap((stride) => {
        const w = (ow - 1) * stride + 1
        return [
          describeConv([2, 3, w], [7, 2, 1, 3], true, { padding: [0, 1], stride: [1, stride] }),
          describeConv([2, 3, w + 1], [7, 2, 1, 3], true, { padding: [0, 1], stride: [1, stride] }),
          describeConv([5, 7, w + 1], [6, 5, 3, 3], true, { padding: 1, stride: [2, stride] }),
        ]
      }),
    ),
    describeConv([3, 2 * lanes, 5 * lanes], [30, 3, 7, 7], true, { padding: 3, stride: 2 }),
    describeConv([3, 5, 4 * lanes], [30, 3, 4, 4], true, { stride: 4 }),
    // Taps that reach beyond the picture on one side or both, and rows that see nothing but padding.
    ...[2, 3, 5, 12].map((dilation) => describeConv([20, 13, 17], [40, 20, 3, 3], true, { padding: dilation, dilation })),
    describeConv([20, 9, 2 * lanes + 1], [40, 20, 3, 4], true, {
      padding: [
        [5, 0],
        [0, 7],
      ],
      dilation: [4, 3],
    }),
    describeConv([20, 5, 9, 11], [40, 20, 3, 3, 3], true, { padding: 1, stride: 2 }),
    describeConv([12, 5, 9, 2 * lanes], [40, 12, 3, 3, 3], true, { padding: 2, dilation: 2 }),
    // Several blocks of a dense picture, the last one short.
    describeConv([32, 37, 41], [40, 32, 3, 3], true, { padding: 2, dilation: 2, activation: 'relu' }),
    ...panelCases(lanes),
    // Channel tiles of two sizes and two groups in one block, in place and in lines.
    describeConv([4, 8, 4 * lanes], [46, 2, 1, 1], true, { groups: 2 }),
    describeConv([4, 8, 4 * lanes - 1], [46, 2, 3, 3], true, { groups: 2, padding: 1 }),
  ]
}

/** Channel tiles enough for panels: of several blocks, in groups, with taps that rows at the border do not have, of lines that end anywhere. */
function panelCases(lanes: number): ConvDescriptor[] {
  return [
    describeConv([6, 2 * lanes + 3, 4 * lanes + 1], [62, 6, 3, 3], true, { stride: 2, padding: 1 }),
    describeConv([16, 13, 17], [124, 8, 3, 3], true, { groups: 2, padding: 5, dilation: 5, activation: 'relu' }),
    describeConv([6, 3, 7, 9], [58, 6, 3, 3, 3], true, { padding: 1 }),
    describeConv([56, 9, 2 * lanes], [122, 56, 1, 1], true, { activation: 'relu' }),
    describeConv([48, 25, 47], [142, 48, 1, 1], true),
    ...around(2 * lanes).map((ow) => describeConv([100, 2, ow], [242, 50, 1, 1], true, { groups: 2 })),
    // Windows so wide that machines of many registers have panels too.
    ...wideWindows(lanes),
  ]
}

/** Rows far apart, at widths around those of a tile, and pixels far apart. */
export function wideWindows(lanes: number): ConvDescriptor[] {
  return [
    ...[...around(3 * lanes), 144].map((ow) => {
      const dilation = Math.ceil(3000 / ow)
      return describeConv([30, 5, ow], [86, 30, 3, 3], true, { padding: [dilation, 1], dilation: [dilation, 1] })
    }),
    describeConv([100, 4, 400], [86, 100, 2, 2], true, { stride: [1, 9], activation: 'relu' }),
    describeConv([120, 3, 4, 180], [86, 120, 2, 2, 2], true, { stride: [1, 1, 4], padding: [1, 0, 0] }),
  ]
}
