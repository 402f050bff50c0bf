// Convolutions that a kernel once got wrong or reached too far for; every run of the guards begins with them.
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

export const PAST: readonly Call[] = [
  ...REFLECTED.map(({ x, weight, options }) => ({
    describe: 'describeConv' as const,
    x,
    weight,
    bias: true,
    options: { ...options, paddingMode: 'reflect' as const },
  })),
  ...INTERLEAVED.map((call) => ({ describe: 'describeConvTranspose' as const, bias: true, ...call })),
]
