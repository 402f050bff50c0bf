// Chains at, below and above every edge of their kernel, for a tier of so many lanes and tiles of so many output channels.
import { ACTIVATIONS, type ConvDescriptor, describeConv } from '@weft/core'

type Options = NonNullable<Parameters<typeof describeConv>[3]>

interface Parts {
  /** Items, or none; channels of x where the first convolution is pointwise. */
  batch?: number
  ic?: number
  channels: number
  multiplier?: number
  /** Output channels where the last convolution is pointwise. */
  oc?: number
  size: [number, number]
  kernel?: [number, number]
  depthwise?: Options
  before?: Options
  after?: Options
  bias?: boolean
}

function chainOf({ batch, ic, channels, multiplier = 1, oc, size, kernel = [3, 3], bias = true, ...options }: Parts) {
  const items = batch === undefined ? [] : [batch]
  const convs: ConvDescriptor[] = []
  if (ic !== undefined) convs.push(describeConv([...items, ic, ...size], [channels, ic, 1, 1], bias, options.before))
  const middle = { padding: 1, ...options.depthwise, groups: channels }
  convs.push(describeConv([...items, channels, ...size], [channels * multiplier, 1, ...kernel], bias, middle))
  const { yShape } = convs[convs.length - 1]
  if (oc !== undefined) convs.push(describeConv(yShape, [oc, channels * multiplier, 1, 1], bias, options.after))
  return convs
}

const around = (edge: number) => [edge - 1, edge, edge + 1]

export function chainCases({ lanes, rows }: { lanes: number; rows: number }): ConvDescriptor[][] {
  const size: [number, number] = [13, 17]
  const all: Parts = { ic: 5, channels: 7, oc: 6, size }
  const residual = { residual: true, activation: 'relu' as const }
  const parts: Parts[] = [
    // Output channels, and channels in between, around a tile.
    ...[1, ...around(rows), ...around(2 * rows)].map((oc) => ({ ...all, oc })),
    ...[2, ...around(rows), ...around(2 * rows)].map((channels) => ({ ...all, channels, after: residual })),
    // Rows around vectors, at both strides.
    ...[7, ...around(lanes), ...around(3 * lanes)].flatMap((width): Parts[] => [
      { ...all, size: [15, width], after: residual },
      { ...all, size: [35, width], depthwise: { stride: 2 } },
    ]),
    // Heights that pieces do not divide; the first, the last or every row of a piece under padding.
    ...[4, 7, 9, 14, 23].map((height): Parts => ({ ...all, size: [height, 31] })),
    { ...all, size: [6, 40], depthwise: { padding: [7, 2] } },
    {
      ...all,
      size: [9, 50],
      depthwise: {
        padding: [
          [0, 9],
          [3, 0],
        ],
      },
    },
    {
      ...all,
      size: [16, 21],
      depthwise: {
        padding: [
          [0, 2],
          [2, 1],
        ],
        stride: 2,
      },
    },
    { ...all, depthwise: { padding: 0 } },
    { ...all, size: [40, 33], depthwise: { padding: [2, 3], dilation: [2, 3] } },
    { ...all, size: [31, 35], kernel: [5, 5], depthwise: { padding: 2, stride: [2, 1], dilation: [1, 2] } },
    { ...all, size: [19, 36], kernel: [5, 5], depthwise: { padding: 2, activation: 'hardSwish' } },
    { ...all, size: [19, 90], kernel: [3, 5], depthwise: { padding: [1, 2], stride: 3 } },
    // Pairs.
    { channels: 9, oc: 10, size, after: residual },
    { channels: 9, oc: 10, size: [27, 33], depthwise: { stride: 2 }, batch: 2 },
    { ic: 4, channels: 18, size },
    { ic: 4, channels: 18, size: [27, 33], depthwise: { ...residual, stride: 2 }, batch: 2 },
    { ...all, batch: 2, after: residual },
    { ...all, multiplier: 2, bias: false },
    { ...all, bias: false },
    // Scratch of several chunks of channels, and several pieces because of the cache.
    { ic: 3, channels: 40, oc: 4, size: [70, 73], after: residual },
    { ic: 3, channels: 40, oc: 4, size: [141, 73], depthwise: { stride: 2 } },
    ...ACTIVATIONS.map((kind): Parts => {
      const activation = kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind
      return { ...all, before: { activation }, depthwise: { activation }, after: { activation, residual: true } }
    }),
  ]
  return parts.map(chainOf)
}
