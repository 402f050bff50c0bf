// Winograd convolutions of four tiles of 4x4 outputs at most, whose filters are sums of taps: of one row and column to two and four, whole and not, and of channels around every vector.
import { type ConvDescriptor, type ConvOptions, describeConv, type RunOperands } from '@weft/core'

export function fewCases(): ConvDescriptor[] {
  const conv = (x: number[], oc: number, options: ConvOptions & RunOperands = {}, taps: number[] = []) =>
    describeConv(x, [oc, x[0] / (options.groups ?? 1), ...taps, 3, 3], true, { padding: 1, ...options })
  const epilogue: ConvOptions & RunOperands = { residual: true, activation: 'hardSwish' }
  // A tile and two, whole ones and not.
  const sizes = [1, 3, 4, 5, 7, 8]
  return [
    ...sizes.flatMap((height) => sizes.map((width) => conv([5, height, width], 17, epilogue))),
    ...[9, 12, 13, 16].flatMap((size) => [conv([3, 4, size], 5, epilogue), conv([2, size, 3], 9)]),
    // Fours and single ones of the last vector.
    ...[1, 3, 4, 7, 8, 9, 15, 16, 31, 32, 33].flatMap((channels) => [conv([channels, 7, 7], 3), conv([2, 7, 7], channels)]),
    ...[0, 1, 2].map((padding) => conv([6, 3 - padding, 6 - padding], 6, { padding: [padding, 2 * padding], groups: 2 })),
    ...[2, 5, 7, 8].flatMap((size) => [
      conv([4, 7, size], 9, { dilation: 2, padding: 2 }),
      conv([4, 3, size], 9, { dilation: [1, 3], padding: [1, 3] }),
      conv([4, 4, 2 * size], 9, { dilation: [1, 4], padding: [1, 4] }),
    ]),
    conv([16, 4, 7, 7], 6, { ...epilogue, groups: 2 }, [2]),
    conv([16, 6, 8, 5], 3, { stride: [2, 1, 1] }, [3]),
    // So many filters that machines of 16 registers transform them where they are used.
    conv([172, 5, 5], 172),
    conv([173, 2, 5], 176),
    conv([171, 1, 9], 173, { activation: 'relu' }),
    conv([60, 2, 2, 3], 173, {}, [3]),
  ]
}

/** Batches of two whose plans have units of several groups, slabs of a volume and chunks; the last shares factors between workers. */
export function manyUnits(): ConvDescriptor[] {
  const conv = (x: number[], weight: number[], groups = 1) => describeConv(x, weight, true, { padding: 1, groups })
  return [
    conv([2, 40, 7, 7], [70, 20, 3, 3], 2),
    conv([2, 300, 20, 5, 5], [18, 300, 3, 3, 3]),
    conv([2, 180, 7, 8], [170, 180, 3, 3]),
    conv([2, 2740, 5, 5], [18, 2740, 3, 3]),
  ]
}
