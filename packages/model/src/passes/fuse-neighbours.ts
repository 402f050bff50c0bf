// A depthwise convolution and the pointwise ones beside it: one step, where that is faster.
import { type ChainDescriptor, chainMisfit, describeChain } from '@weft/core'
import type { ChainDraft, ConvDraft, Draft } from '../specialize/draft.ts'
import { countUses } from '../specialize/uses.ts'
import type { Values } from '../specialize/values.ts'

/**
 * The steps with chains fused: what is between two convolutions of one is read by the next alone. A chain stands where its last
 * convolution stood: there its residual has been made.
 * @param gainOf what a run gains by a chain, as the executor has it
 */
export function fuseNeighbours(
  drafts: readonly Draft[],
  outputs: readonly string[],
  values: Values,
  gainOf: (chain: ChainDescriptor) => number,
): Draft[] {
  const uses = countUses(drafts, outputs, values)
  const makers = new Map<string, ConvDraft>()
  const readers = new Map<string, ConvDraft>()
  for (const draft of drafts) {
    if (draft.kind !== 'conv') continue
    makers.set(draft.outputs[0], draft)
    readers.set(draft.inputs[0], draft)
  }
  const alone = (name: string) => uses.get(name) === 1
  const taken = new Set<Draft>()
  const chains = new Map<Draft, ChainDraft>()
  for (const draft of drafts) {
    if (draft.kind !== 'conv' || draft.descriptor.groups === 1) continue
    const before = alone(draft.inputs[0]) ? makers.get(draft.inputs[0]) : undefined
    const after = alone(draft.outputs[0]) ? readers.get(draft.outputs[0]) : undefined
    const chain = best([before, draft, after], taken, gainOf)
    if (chain === null) continue
    for (const conv of chain.convs) taken.add(conv)
    chains.set(chain.convs[chain.convs.length - 1], chain)
  }
  return drafts.flatMap((draft) => chains.get(draft) ?? (taken.has(draft) ? [] : [draft]))
}

/** The chain of all three, where it gains; else the better one of the second with one of the others. */
function best(
  [before, middle, after]: readonly [ConvDraft | undefined, ConvDraft, ConvDraft | undefined],
  taken: ReadonlySet<Draft>,
  gainOf: (chain: ChainDescriptor) => number,
): ChainDraft | null {
  const gaining = (candidates: readonly (ConvDraft | undefined)[]) => {
    const convs = candidates.filter((conv) => conv !== undefined && !taken.has(conv)) as ConvDraft[]
    const descriptors = convs.map(({ descriptor }) => descriptor)
    if (convs.length < candidates.length || chainMisfit(descriptors) !== null) return []
    const chain = chainDraft(convs, describeChain(descriptors))
    const gain = gainOf(chain.descriptor)
    return gain > 0 ? [{ chain, gain }] : []
  }
  const [all] = gaining([before, middle, after])
  if (all !== undefined) return all.chain
  const pairs = [...gaining([middle, after]), ...gaining([before, middle])]
  return pairs.sort((a, b) => b.gain - a.gain)[0]?.chain ?? null
}

function chainDraft(convs: readonly ConvDraft[], descriptor: ChainDescriptor): ChainDraft {
  const last = convs[convs.length - 1]
  const inputs = [convs[0].inputs[0], ...last.inputs.slice(1)]
  return { kind: 'chain', node: last.node, descriptor, convs, inputs, outputs: last.outputs }
}
