// Running one kernel on one tier, and the oracle on the same operands.
import { type ConvDescriptor, type FloatTensor, LocalLayer, sizeOf, Tensor, type TierName } from '@weft/core'
import { type OracleResult, oracle } from './oracle.ts'

/** Numbers between -1 and 1 that are not exact in binary: a different order of a sum shows. */
export function noise(shape: readonly number[], seed: number): FloatTensor {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 31 - 1
  }
  return new Tensor(Float32Array.from({ length: sizeOf(shape) }, next), shape)
}

export interface Operands {
  x: FloatTensor
  weight: FloatTensor
  bias: FloatTensor | null
  residual: FloatTensor | null
}

export function operandsOf(d: ConvDescriptor, seed = 1): Operands {
  return {
    x: noise(d.xShape, seed),
    weight: noise(d.weightShape, seed + 1),
    bias: d.bias ? noise([d.oc], seed + 2) : null,
    residual: d.residual ? noise(d.yShape, seed + 3) : null,
  }
}

/** The output, NaN where the kernel wrote nothing. */
export function runKernel(d: ConvDescriptor, operands: Operands, tier: TierName, kernel?: string): Float32Array {
  const { x, weight, bias, residual } = operands
  const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
  new LocalLayer(d, weight, bias, { tier, kernel }).run(x.data, y, residual?.data)
  return y
}

/** @param operands of which only numbers count: x may be of the oracle's own */
export function runOracle(
  d: ConvDescriptor,
  { x, weight, bias, residual }: Omit<Operands, 'x'> & { x: { readonly data: ArrayLike<number> } },
): OracleResult {
  const [first, second] = d.weightShape
  return oracle({
    transposed: d.transposed,
    groups: d.groups,
    x: { data: x.data, batch: d.batch, channels: d.ic, size: d.input },
    weight: { data: weight.data, shape: [first, second, ...d.kernel] },
    bias: bias?.data ?? null,
    residual: residual?.data ?? null,
    stride: d.stride,
    dilation: d.dilation,
    before: d.before,
    mode: d.paddingMode,
    output: { channels: d.oc, size: d.output },
    activation: d.activation,
  })
}

/** The largest difference from the oracle, as a part of the sum of |x w| of that output. NaN where one is missing. */
export function worstError(y: Float32Array, { y: expected, magnitude }: OracleResult): number {
  let worst = 0
  for (let i = 0; i < y.length; i++) {
    const error = Math.abs(y[i] - expected[i]) / Math.max(magnitude[i], 1e-3)
    if (Number.isNaN(error)) return error
    worst = Math.max(worst, error)
  }
  return worst
}
