// Convolutions, those among them that are known with their shapes alone, and what follows: y = activation(x * weight + bias + residual).
import { type ActivationOption, sameShape, withActivation } from '@weft/core'
import type { ConvDraft, Draft, OpDraft } from '../specialize/draft.ts'
import { countUses } from '../specialize/uses.ts'
import type { Values } from '../specialize/values.ts'
import { activationOf } from './activation-of.ts'

/**
 * The steps with additions fused, where shapes are known at last. The fused step stands where the addition stood: there its
 * residual has been made.
 */
export function fuseResiduals(drafts: readonly Draft[], outputs: readonly string[], values: Values): Draft[] {
  const uses = countUses(drafts, outputs, values)
  const makers = new Map<string, Draft>()
  const gone = new Set<Draft>()
  const steps = drafts.map((draft) => {
    const fused = draft.kind === 'op' ? fuse(draft, makers, uses, values) : null
    if (fused !== null) gone.add(fused.instead)
    const step = fused?.step ?? draft
    for (const name of step.outputs) makers.set(name, step)
    return step
  })
  return steps.filter((step) => !gone.has(step))
}

/** The step that a convolution and `draft` become together, and the convolution that it replaces. */
function fuse(
  draft: OpDraft,
  makers: ReadonlyMap<string, Draft>,
  uses: ReadonlyMap<string, number>,
  values: Values,
): { step: ConvDraft; instead: Draft } | null {
  const activation = activationOf(draft.node, (name) => (name === undefined ? null : values.get(name)?.known))
  if (draft.node.opType !== 'Add' && activation === null) return null
  for (const [i, name] of draft.inputs.entries()) {
    const maker = makers.get(name)
    if (maker?.kind !== 'conv' || uses.get(name) !== 1 || maker.descriptor.activation.kind !== 'none') continue
    const step = activation === null ? withResidual(maker, draft, 1 - i) : i === 0 ? withFused(maker, draft, activation) : null
    if (step !== null) return { step, instead: maker }
  }
  return null
}

function withResidual(conv: ConvDraft, add: OpDraft, other: number): ConvDraft | null {
  const info = add.plan.inputs[other]
  const fits = conv.inputs.length === 1 && info && sameShape(info.shape, conv.descriptor.yShape)
  if (!fits) return null
  const descriptor = Object.freeze({ ...conv.descriptor, residual: true })
  return { ...conv, descriptor, inputs: [conv.inputs[0], add.inputs[other]], outputs: add.outputs }
}

/** Of a Conv, its activation was known before its shapes were; those of a sum with a residual, and of MatMul and Gemm, are not. */
function withFused(conv: ConvDraft, next: OpDraft, activation: ActivationOption): ConvDraft {
  return { ...conv, descriptor: withActivation(conv.descriptor, activation), outputs: next.outputs }
}
