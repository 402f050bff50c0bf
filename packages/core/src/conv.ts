// conv and convTranspose: one call, on the calling thread.
import { type ConvDescriptor, describeConv, describeConvTranspose } from './conv/descriptor.ts'
import type { ConvOptions, ConvTransposeOptions } from './conv/options.ts'
import { WeftError } from './errors.ts'
import { TIER_NAMES, type TierName } from './isa/tiers.ts'
import { LocalLayer } from './local.ts'
import { checkResidual } from './plan/residual.ts'
import { checkWeights } from './plan/weights.ts'
import { fastestTier } from './probe.ts'
import { expectFloat, type FloatTensor, Tensor } from './tensor/tensor.ts'

export interface ConvArguments extends ConvOptions {
  weight: Tensor
  bias?: Tensor | null
  /** Added to the output before the activation; of its shape. */
  residual?: Tensor | null
  /** The tier to compute on; by default the fastest that verifies. */
  tier?: TierName
}
export interface ConvTransposeArguments extends ConvTransposeOptions {
  weight: Tensor
  bias?: Tensor | null
  /** Added to the output before the activation; of its shape. */
  residual?: Tensor | null
  tier?: TierName
}

/**
 * Cross-correlation, as every deep-learning library calls convolution: y = activation(x * weight + bias + residual).
 * @param x (batch?, ic, ...spatial): the rank of the weight says whether it is 1-D, 2-D or 3-D
 * @param options.weight (oc, ic / groups, ...kernel)
 * @returns (batch?, oc, ...output)
 * @throws SHAPE, OPTION, DTYPE, WEIGHTS or TOO_LARGE before anything is allocated
 */
export function conv(x: Tensor, { residual = null, ...given }: ConvArguments): FloatTensor {
  const { weight, bias = null, tier, ...options } = given
  const d = describeConv(x.shape, weight.shape, bias !== null, { ...options, residual: residual !== null })
  return compute(d, { x, weight, bias, residual }, tier)
}

/**
 * The transposed convolution: each input pixel adds its multiple of the kernel to the output.
 * @param x (batch?, ic, ...spatial)
 * @param options.weight (ic, oc / groups, ...kernel)
 * @throws SHAPE, OPTION, DTYPE, WEIGHTS or TOO_LARGE before anything is allocated
 */
export function convTranspose(x: Tensor, { residual = null, ...given }: ConvTransposeArguments): FloatTensor {
  const { weight, bias = null, tier, ...options } = given
  const d = describeConvTranspose(x.shape, weight.shape, bias !== null, { ...options, residual: residual !== null })
  return compute(d, { x, weight, bias, residual }, tier)
}

interface Given {
  x: Tensor
  weight: Tensor
  bias: Tensor | null
  residual: Tensor | null
}

function compute(d: ConvDescriptor, { x, weight, bias, residual }: Given, tier?: TierName): FloatTensor {
  const input = expectFloat(x, 'x')
  const checked = checkWeights(weight, bias, d.oc)
  const addend = checkResidual(residual, d)
  if (tier !== undefined && !TIER_NAMES.includes(tier)) {
    throw new WeftError('OPTION', `tier '${tier}' is unknown; there are ${TIER_NAMES.join(', ')}`)
  }
  const layer = new LocalLayer(d, checked.weight, checked.bias, { tier: tier ?? fastestTier().tier })
  const y = Tensor.zeros(d.yShape)
  layer.run(input.data, y.data, addend?.data)
  return y
}
