// Whether an output is right: against the oracle, as a part of the sum of |x w| of each output.
import type { ConvDescriptor, Kernel } from '@weft/core'
import type { OracleResult } from '../../../core/test/oracle.ts'

/** A sum of nearly nothing still has the rounding of what was added. */
const LEAST = 1e-3
/** What the sigmoid is off by itself: see the kernels' activations. */
const SIGMOID = 4e-7

/** The first output that is too far off for the kernel, by default any of those that sum as they are told, in words; null where there is none. */
export function wrong(
  d: ConvDescriptor,
  y: Float32Array,
  { y: expected, magnitude }: OracleResult,
  { error: limit, errsIn: tile = [1, 1] }: Pick<Kernel, 'error' | 'errsIn'> = { error: 1e-5 },
): string | null {
  const own = d.activation.kind === 'sigmoid' ? SIGMOID : 0
  const scale = Math.max(...tile) === 1 ? magnitude : largestAround(d, magnitude, tile)
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(y[i] - expected[i])
    if (!(error <= limit * Math.max(scale[i], LEAST) + own)) return `output ${i} of ${y.length} is ${y[i]}, not ${expected[i]}`
  }
  return null
}

/** For each output the largest value in any tile of so many rows and columns, a dilation apart, that it may be in. */
function largestAround(
  { output: [, height, width], dilation }: ConvDescriptor,
  values: Float64Array,
  [rows, cols]: readonly [number, number],
): Float64Array {
  const [down, across] = [(rows - 1) * dilation[1], (cols - 1) * dilation[2]]
  return values.map((_, i) => {
    const [first, row, col] = [i - (i % (height * width)), Math.floor(i / width) % height, i % width]
    let largest = 0
    for (let r = Math.max(0, row - down); r <= Math.min(height - 1, row + down); r++)
      for (let c = Math.max(0, col - across); c <= Math.min(width - 1, col + across); c++)
        largest = Math.max(largest, values[first + r * width + c])
    return largest
  })
}
