// Whether an output is right: against the oracle, as a part of the sum of |x w| of each output.
import type { ConvDescriptor } from '@weft/core'
import type { OracleResult } from '../../../core/test/oracle.ts'

const LIMIT = 1e-5
/** A sum of nearly nothing still has the rounding of what was added. */
const LEAST = 1e-3
/** What the sigmoid is off by itself: see the kernels' activations. */
const SIGMOID = 4e-7

/** The first output that is too far off, in words; null where there is none. */
export function wrong(d: ConvDescriptor, y: Float32Array, { y: expected, magnitude }: OracleResult): string | null {
  const own = d.activation.kind === 'sigmoid' ? SIGMOID : 0
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(y[i] - expected[i])
    if (!(error <= LIMIT * Math.max(magnitude[i], LEAST) + own))
      return `output ${i} of ${y.length} is ${y[i]}, not ${expected[i]}`
  }
  return null
}
