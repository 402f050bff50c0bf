// conv and convTranspose: one call, on the calling thread.
import { type ConvDescriptor, describeConv, describeConvTranspose } from './conv/descriptor.ts'
import type { ConvOptions, ConvTransposeOptions } from './conv/options.ts'
import { WeftError } from './errors.ts'
import { TIER_NAMES, type TierName } from './isa/tiers.ts'
import { LocalLayer } from './local.ts'
import { checkWeights } from './plan/weights.ts'
import { fastestTier } from './probe.ts'
import { expectFloat, type FloatTensor, Tensor } from './tensor/tensor.ts'

export interface ConvArguments extends ConvOptions {
  weight: Tensor
  bias?: Tensor | null
  /** The tier to compute on; by default the fastest that verifies. */
  tier?: TierName
}
export interface ConvTransposeArguments extends ConvTransposeOptions {
  weight: Tensor
  bias?: Tensor | null
  tier?: TierName
}

/**
 * Cross-correlation, as every deep-learning library calls convolution: y = activation(x * weight + bias).
 * @param x (batch?, ic, ...spatial): the rank of the weight says whether it is 1-D, 2-D or 3-D
 * @param options.weight (oc, ic / groups, ...kernel)
 * @returns (batch?, oc, ...output)
 * @throws SHAPE, OPTION, DTYPE, WEIGHTS or TOO_LARGE before anything is allocated
 */
export function conv(x: Tensor, { weight, bias = null, tier, ...options }: ConvArguments): FloatTensor {
  return compute(x, describeConv(x.shape, weight.shape, bias !== null, options), weight, bias, tier)
}

/**
 * The transposed convolution: each input pixel adds its multiple of the kernel to the output.
 * @param x (batch?, ic, ...spatial)
 * @param options.weight (ic, oc / groups, ...kernel)
 * @throws SHAPE, OPTION, DTYPE, WEIGHTS or TOO_LARGE before anything is allocated
 */
export function convTranspose(x: Tensor, { weight, bias = null, tier, ...options }: ConvTransposeArguments): FloatTensor {
  return compute(x, describeConvTranspose(x.shape, weight.shape, bias !== null, options), weight, bias, tier)
}

function compute(x: Tensor, d: ConvDescriptor, weight: Tensor, bias: Tensor | null, tier?: TierName): FloatTensor {
  const input = expectFloat(x, 'x')
  const checked = checkWeights(weight, bias, d.oc)
  if (tier !== undefined && !TIER_NAMES.includes(tier)) {
    throw new WeftError('OPTION', `tier '${tier}' is unknown; there are ${TIER_NAMES.join(', ')}`)
  }
  const layer = new LocalLayer(d, checked.weight, checked.bias, { tier: tier ?? fastestTier().tier })
  const y = Tensor.zeros(d.yShape)
  layer.run(input.data, y.data)
  return y
}
