// Winograd convolutions around every edge of what is staged and stored at once: tiles, vectors, strips, and padding of every width.
import { type ConvDescriptor, type ConvOptions, describeConv, type RunOperands } from '@weft/core'

export interface WinogradCase {
  readonly kernel: string
  readonly d: ConvDescriptor
}

export function winogradCases(): WinogradCase[] {
  const conv = (size: number[], taps: number[], options: ConvOptions & RunOperands = {}, ic = 2) =>
    describeConv([ic, ...size], [3, ic, ...taps], true, { padding: 1, ...options })
  const of = (kernel: string, ds: ConvDescriptor[]) => ds.map((d) => ({ kernel: `f32-winograd-${kernel}`, d }))
  const about = (...edges: number[]) => edges.flatMap((edge) => [edge - 1, edge, edge + 1])
  const epilogue: ConvOptions & RunOperands = { residual: true, activation: 'relu' }
  // A vector and four of eight lanes, four of sixteen, one strip and two.
  const widths = [1, 2, 3, 4, 5, ...about(8, 16, 28, 32, 36, 64, 68, 128, 132), 260]
  return [
    ...of('4x4-3x3', [
      ...widths.map((width) => conv([6, width], [3, 3])),
      ...widths.map((width) => conv([5, width], [3, 3], epilogue)),
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((height) => conv([height, 23], [3, 3], epilogue)),
      ...[0, 1, 2].flatMap((before) =>
        [0, 1, 2].map((after) =>
          conv([7, 37], [3, 3], {
            padding: [
              [after, before],
              [before, after],
            ],
          }),
        ),
      ),
      ...[2, 3, 4].flatMap((dilation) => [13, 40, 70].map((width) => conv([9, width], [3, 3], { dilation, padding: dilation }))),
      ...[5, 33].map((width) => conv([5, 6, width], [3, 3, 3], epilogue, 16)),
    ]),
    ...of('2x2-3x3', [...about(2, 8, 16, 32, 64, 66).map((width) => conv([5, width], [3, 3], epilogue)), conv([7, 7], [3, 3])]),
    ...of(
      '4x4-5x5',
      [0, 1, 2, 3, 4].flatMap((padding) => [9, 30, 64, 131].map((width) => conv([8, width], [5, 5], { ...epilogue, padding }))),
    ),
    ...of(
      '4x4-5x5-s2',
      [9, 64, 131].map((width) => conv([9, width], [5, 5], { ...epilogue, stride: 2, padding: 2 })),
    ),
    // Of 17 channels phases are left out at the point 0; of 2 none are. A vector and four, of eight lanes and of sixteen.
    ...(['4x4-3x3-s2', '2x2-3x3-s2', '4x4-4x4-s2', '2x2-4x4-s2', '4x4-7x7-s2'] as const).flatMap((name) =>
      [2, 17].flatMap((ic) => {
        const taps = Array.from({ length: 2 }, () => Number(name[4]))
        return of(name, [
          ...about(8, 16, 32, 64, 128).map((width) => conv([9, width], taps, { ...epilogue, stride: 2 }, ic)),
          ...[0, 2, 3].flatMap((padding) => [11, 60].map((width) => conv([12, width], taps, { stride: 2, padding }, ic))),
        ])
      }),
    ),
    ...of('2x2-3x3-s2', [conv([5, 9, 33], [3, 3, 3], { ...epilogue, stride: 2 }, 16)]),
    ...of(
      '1x4-1x3-s2',
      widths.map((width) => conv([3, width], [1, 3], { ...epilogue, padding: [0, 1], stride: [1, 2] }, 16)),
    ),
    ...of(
      '4x1-5x1-s2',
      widths.map((width) => conv([11, width], [5, 1], { ...epilogue, padding: [2, 0], stride: [2, 1] }, 16)),
    ),
    ...of(
      '1x4-1x3',
      widths.map((width) => conv([3, width], [1, 3], { ...epilogue, padding: [0, 1] })),
    ),
    ...of(
      '4x1-3x1',
      widths.map((width) => conv([6, width], [3, 1], { ...epilogue, padding: [1, 0] })),
    ),
  ]
}
