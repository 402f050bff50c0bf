// Convolutions that a kernel once got wrong or reached too far for, or where nothing else would tell; every run of the guards begins with them.
import type { Call } from './cases.ts'

/** Reflected tables of a stride's phases held pixels that no output needs, and that x does not have. */
const REFLECTED: readonly Pick<Call, 'x' | 'weight' | 'options'>[] = [
  { x: [18, 3, 4, 4], weight: [6, 3, 4, 3, 2], options: { stride: [1, 1, 4], groups: 6, padding: 1 } },
  {
    x: [3, 11, 5, 7],
    weight: [17, 11, 4, 1],
    options: {
      stride: [2, 1],
      dilation: [1, 3],
      padding: [
        [3, 4],
        [3, 1],
      ],
    },
  },
  { x: [1, 3], weight: [1, 1, 2], options: { stride: 2 ** 20, padding: 1 } },
]

/** Rows of one phase of a transposed convolution, as far apart as the rows of x, were stored as if nothing lay between them. */
const INTERLEAVED: readonly Pick<Call, 'x' | 'weight' | 'options'>[] = [
  { x: [1, 29, 4], weight: [1, 1, 1, 1], options: { stride: [2, 1], padding: [1, 1] } },
  {
    x: [14, 33, 14],
    weight: [14, 3, 1, 1],
    options: {
      stride: [2, 1],
      padding: [
        [1, 1],
        [4, 3],
      ],
      outputPadding: [1, 0],
    },
  },
]

/** Of the last row of tiles the output has 1, 2 and 3 rows: one more in the last channel lies behind it, in the others it is stored over. */
const PARTS_OF_TILES: readonly Pick<Call, 'x' | 'weight' | 'options'>[] = [5, 6, 7].map((height) => ({
  x: [4, height, 23],
  weight: [3, 4, 3, 3],
  options: { padding: 1 },
}))

/** So many filters that workers make them of taps: loads ahead of their use reached behind a worker's memory. Whole rows of channel tiles, and fewer in the last. */
const MADE_FILTERS: readonly Pick<Call, 'x' | 'weight' | 'options'>[] = [114, 115].map((oc) => ({
  x: [128, 4, 20],
  weight: [oc, 128, 3, 3],
  options: { padding: 1 },
}))

export const PAST: readonly Call[] = [
  ...REFLECTED.map(({ x, weight, options }) => ({
    describe: 'describeConv' as const,
    x,
    weight,
    bias: true,
    options: { ...options, paddingMode: 'reflect' as const },
  })),
  ...[...PARTS_OF_TILES, ...MADE_FILTERS].map((call) => ({ describe: 'describeConv' as const, bias: true, ...call })),
  ...INTERLEAVED.map((call) => ({ describe: 'describeConvTranspose' as const, bias: true, ...call })),
]
