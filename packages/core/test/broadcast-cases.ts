// Convolutions at, below and above every edge of the broadcast kernel, for a machine of such traits.
import { ACTIVATIONS, type ConvDescriptor, describeConv, type MachineTraits } from '@weft/core'
import { mostPixels } from '../src/kernels/broadcast/shape.ts'
import { PLAIN } from '../src/kernels/epilogue.ts'

function conv(x: number[], oc: number, kernel: number[], options: Parameters<typeof describeConv>[3] = {}): ConvDescriptor {
  const channels = x[x.length - kernel.length - 1]
  return describeConv(x, [oc, channels / (options.groups ?? 1), ...kernel], true, options)
}

const around = (edge: number) => [edge - 1, edge, edge + 1].filter((value) => value > 0)
const distinct = (values: readonly number[]) => [...new Set(values)]

export function broadcastCases(traits: MachineTraits): ConvDescriptor[] {
  const { lanes } = traits
  const pixels = distinct([
    1,
    2,
    3,
    4,
    ...[1, 2, 3, 4].flatMap((vectors) => around(mostPixels(vectors, traits, PLAIN))),
    lanes + 1,
  ])
  const channels = distinct([1, 3, 4, 5, 7, ...[1, 2, 3, 4, 5].flatMap((vectors) => around(vectors * lanes))])
  return [
    ...channels.flatMap((oc) => [conv([5, 7, 7], oc, [1, 1]), conv([6, 5, 3], oc, [3, 3], { padding: 1 })]),
    ...pixels.flatMap((w) => [
      conv([4, 1, w], 2 * lanes + 3, [1, 1]),
      conv([4, 3, w], 2 * lanes, [3, 3], { padding: 1 }),
      conv([3, w, 2], lanes, [1, 1], { stride: [2, 1] }),
      conv([3, 5, 2 * w], 3 * lanes + 1, [3, 3], { padding: 1, stride: 2 }),
      conv([2, 3 * w], 4 * lanes, [4], { padding: 2, stride: 3 }),
    ]),
    // Rows of which several make a tile, and as many left over as can be.
    ...[1, 2, 3, 5, 7, 13, 14, 15].flatMap((h) => [
      conv([3, h, 2], 9, [1, 2]),
      conv([3, h, 3], 2 * lanes, [2, 2], { padding: 1 }),
    ]),
    ...[1, 2, 3, 4, 15, 16, 17, 33].map((ic) => conv([ic, 5, 6], lanes + 1, [3, 3], { padding: 1, stride: 2 })),
    // Few input channels: kernel rows of several taps, whatever order they are summed in.
    ...[1, 2, 3, 5, 7, 8, 9].map((k) => conv([3, 11, 13], lanes, [3, k], { padding: [1, 4], stride: 2 })),
    conv([1, 12, 17], lanes, [4, 4], { stride: 4 }),
    conv([2, 12, 17], lanes, [3, 4], { stride: [1, 2], dilation: [2, 3], padding: [2, 4] }),
    // Taps of a row that meet nothing but padding.
    conv([3, 4, 2], lanes, [3, 5], { padding: [1, 6], dilation: [1, 3] }),
    conv([3, 1, 1], lanes, [5, 5], { padding: 4, stride: 3 }),
    ...[2, 3].map((groups) => conv([4 * groups, 6, 7], groups * (lanes + 1), [3, 3], { padding: 1, groups })),
    conv([2, 18, 7, 7], 2 * lanes, [1, 1], { groups: 2 }),
    conv([5, 40], lanes, [5], { padding: 2, dilation: 2 }),
    // A residual, in tiles that are one stretch and in those of several.
    ...[1, 6, 7, lanes + 2].flatMap((w) => [
      conv([5, 7, w], 2 * lanes + 4, [1, 1], { residual: true, activation: 'relu' }),
      conv([5, 9, 2 * w], 2 * lanes, [3, 3], { padding: 1, stride: 2, residual: true }),
    ]),
    // Several blocks of pixels, the last of them short.
    conv([40, 61, 67], 2 * lanes, [1, 1]),
    conv([17, 47, 53], 3 * lanes, [3, 3], { padding: 1, stride: 2 }),
    ...ACTIVATIONS.flatMap((kind) => {
      const activation = kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind
      return [
        conv([6, 5, 7], 2 * lanes + 1, [3, 3], { padding: 1, activation }),
        conv([6, 7, 7], 4 * lanes, [1, 1], { activation }),
        conv([6, 7, 7], lanes, [1, 1], { activation }),
      ]
    }),
  ]
}
