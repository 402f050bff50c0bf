// Which chains are computed together: those of which a kernel gives the bits of their convolutions, where it is faster.
import type { ChainDescriptor } from '../conv/chain.ts'
import { WeftError } from '../errors.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { chain } from './chain.ts'
import { depthwise } from './depthwise.ts'
import { estimateApart } from './estimate/chain.ts'
import type { Planned } from './kernel.ts'
import { pointwise } from './pointwise.ts'
import { candidatesFor, orderFor, type Selected } from './registry.ts'

/** Why a chain cannot be one step, for a person; null where it can. */
export function refusesChain(descriptor: ChainDescriptor, traits: MachineTraits): string | null {
  const reason = chain.refuses(descriptor, traits)
  if (reason !== null) return reason
  const { pointwiseBefore, depthwise: middle, pointwiseAfter } = descriptor
  if (orderFor(middle, traits) !== depthwise.order(middle)) return 'the depthwise convolution is summed in another order'
  const other = [pointwiseBefore, pointwiseAfter].some((d) => d !== null && orderFor(d, traits) !== pointwise.order(d))
  return other ? 'a pointwise convolution is summed in another order' : null
}

/** @param workers that share a run. @throws OPTION when the tier cannot compute the chain with the bits of its convolutions */
export function selectChain(descriptor: ChainDescriptor, traits: MachineTraits, workers: number): Selected<ChainDescriptor> {
  const reason = refusesChain(descriptor, traits)
  if (reason !== null) throw new WeftError('OPTION', `kernel ${chain.name} refuses: ${reason}`)
  return { kernel: chain as Planned, plan: chain.plan(descriptor, traits, workers), refusals: [] }
}

/** What so many workers take together for an item of a chain that is one step, as `Candidate` has it for one core. */
export function chainCandidate(descriptor: ChainDescriptor, traits: MachineTraits, workers: number) {
  return { kernel: chain.name, micros: chain.estimate(descriptor, traits, workers) }
}

/** Microseconds that so many workers would save if a chain were one step: 0 where they would save nothing, or it cannot be one. */
export function chainGain(descriptor: ChainDescriptor, traits: MachineTraits, workers: number): number {
  if (refusesChain(descriptor, traits) !== null) return 0
  const apart = estimateApart(descriptor, workers, (d) => candidatesFor(d, traits).candidates[0].micros)
  return Math.max(0, apart - chainCandidate(descriptor, traits, workers).micros)
}
