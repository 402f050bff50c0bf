// A product of known weights, then Add of a known vector: the product with that bias.
import type { ConvDraft, Draft, OpDraft } from '../specialize/draft.ts'
import { countUses } from '../specialize/uses.ts'
import type { Values } from '../specialize/values.ts'

/** The steps with such additions done by the steps before them: MatMul as Gemm has it. Those of Conv were folded before shapes were known. */
export function fuseBias(drafts: readonly Draft[], outputs: readonly string[], values: Values): Draft[] {
  const uses = countUses(drafts, outputs, values)
  const products = new Map<string, ConvDraft>()
  const gone = new Set<Draft>()
  const steps = drafts.map((draft) => {
    if (draft.kind === 'conv' && isBareProduct(draft)) products.set(draft.outputs[0], draft)
    const sum = draft.kind === 'op' && draft.node.opType === 'Add' ? draft : null
    const product = sum?.inputs.map((name) => (uses.get(name) === 1 ? products.get(name) : undefined)).find(Boolean)
    const fused = sum && product ? withBias(product, sum, values) : null
    if (fused !== null) gone.add(product as Draft)
    return fused ?? draft
  })
  return steps.filter((step) => !gone.has(step))
}

function isBareProduct({ node, descriptor: { bias, residual, activation } }: ConvDraft): boolean {
  return node.opType === 'MatMul' && !bias && !residual && activation.kind === 'none'
}

function withBias(product: ConvDraft, sum: OpDraft, values: Values): ConvDraft | null {
  const added = sum.inputs.map((name) => values.get(name)?.known).find(Boolean)
  const { oc } = product.descriptor
  if (added?.dtype !== 'float32' || added.data.length !== oc || added.shape.at(-1) !== oc) return null
  const bias = { ...added, shape: [oc] }
  return { ...product, bias, descriptor: Object.freeze({ ...product.descriptor, bias: true }), outputs: sum.outputs }
}
