// Random chains: each is made of a seed and its own number alone, like the convolutions of cases.ts.
import {
  type ChainDescriptor,
  type ConvDescriptor,
  convsOf,
  describeChain,
  describeConv,
  joinWeights,
  refusesChain,
  selectChain,
  TIERS,
} from '@weft/core'
import { type ChainOperands, chainOperandsOf, runApart } from '../../../core/test/run-chain.ts'
import { activationOf, type Draw, picker } from './cases.ts'
import type { RandomWork } from './works.ts'

/** Multiply-accumulates at most. */
const MOST = 1_500_000

export function randomChain(seed: number, index: number): RandomWork {
  const pick = picker(seed, index)
  let chain = attempt(pick)
  while (chain === null) chain = attempt(pick)
  const own = chain
  const operands = chainOperandsOf(own)
  const text = convsOf(own)
    .map(({ xShape, weightShape, stride, dilation, before, after, activation }) =>
      JSON.stringify({ xShape, weightShape, stride, dilation, before, after, activation: activation.kind }),
    )
    .join(' -> ')
  const apart = new Map<string, Float32Array>()
  return {
    index,
    text,
    operands: { x: operands.x, residual: operands.residual, ...joinWeights(own, operands.weights) },
    on(tier, workers) {
      return refusesChain(own, TIERS[tier].traits) === null ? selectChain(own, TIERS[tier].traits, workers) : null
    },
    wrong(y, tier) {
      // Fused tiers give the same bits.
      const like = TIERS[tier].traits.fused ? 'relaxed' : tier
      const wanted = apart.get(like) ?? runApart(convsOf(own), operands as ChainOperands, like)
      apart.set(like, wanted)
      const i = wanted.findIndex((value, at) => !Object.is(value, y[at]))
      return i < 0 ? null : `output ${i} is ${y[i]}, and ${wanted[i]} of the convolutions one after the other on ${like}`
    },
  }
}

function attempt(pick: Draw): ChainDescriptor | null {
  const pair = (low: number, high: number): [number, number] => [pick(low, high), pick(low, high)]
  const form = pick(0, 3)
  const [channels, multiplier] = [pick(2, 50), pick(0, 3) === 0 ? 2 : 1]
  const size = pair(3, pick(0, 3) === 0 ? 90 : 40)
  const items = pick(0, 2) === 0 ? [pick(1, 3)] : []
  const bias = pick(0, 3) > 0
  const last = { residual: pick(0, 1) === 0 }
  const act = () => {
    const activation = activationOf(pick)
    return activation === null ? {} : { activation }
  }
  const convs: ConvDescriptor[] = []
  try {
    if (form !== 0) {
      const ic = pick(1, 20)
      convs.push(describeConv([...items, ic, ...size], [channels, ic, 1, 1], bias, act()))
    }
    const kernel = pick(0, 2) === 0 ? pair(1, 5) : ([3, 3] as [number, number])
    const padding = [pair(0, 3), pair(0, 3)] as const
    const stride = pick(0, 1) === 0 ? [1, 1] : pair(1, 3)
    const dilation = pick(0, 3) === 0 ? pair(1, 3) : [1, 1]
    const options = { groups: channels, padding, stride, dilation, ...act(), ...(form === 1 ? last : {}) }
    const middle = describeConv([...items, channels, ...size], [channels * multiplier, 1, ...kernel], bias, options)
    convs.push(middle)
    if (form !== 1) {
      const oc = pick(1, 40)
      convs.push(describeConv(middle.yShape, [oc, channels * multiplier, 1, 1], bias, { ...act(), ...last }))
    }
    const macs = convs.reduce(
      (sum, d) => sum + (d.batch * d.oc * d.ic * d.output[1] * d.output[2] * d.kernel[1] * d.kernel[2]) / d.groups,
      0,
    )
    return macs <= MOST ? describeChain(convs) : null
  } catch {
    return null // A kernel larger than its input.
  }
}
