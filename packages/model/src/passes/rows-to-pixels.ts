// A convolution of many items of one pixel, as products of rows are: one item of many pixels between two transpositions.
import { describeConv, type OpPlan, planOp, type Shape } from '@weft/core'
import { FEW_ROWS, LARGE_WEIGHTS } from '../operators/matmul.ts'
import type { ConvDraft, Draft, OpDraft } from '../specialize/draft.ts'
import type { Values } from '../specialize/values.ts'

/** The steps with rows made pixels: weights are read once for all of them, not once for each. */
export function rowsToPixels(drafts: readonly Draft[], values: Values): Draft[] {
  return drafts.flatMap((draft) => (draft.kind === 'conv' && gains(draft) ? asPixels(draft, values) : [draft]))
}

function gains({ descriptor: d, weight }: ConvDraft): boolean {
  const one = (extents: readonly number[]) => extents.every((extent) => extent === 1)
  const rows = [d.kernel, d.input, d.output, d.stride].every(one) && d.groups === 1 && !d.transposed && !d.residual
  return rows && d.batch > (4 * weight.data.length > LARGE_WEIGHTS ? 1 : FEW_ROWS)
}

function asPixels(conv: ConvDraft, values: Values): Draft[] {
  const { descriptor: d, node, outputs } = conv
  const [turned, computed] = ['in', 'out'].map((side) => `\0${node.id}/pixels ${side}`)
  const descriptor = describeConv([1, d.ic, d.batch], [d.oc, d.ic, 1], d.bias)
  const plans = [transposition([d.batch, d.ic]), transposition([d.oc, d.batch])]
  for (const [i, name] of [turned, computed].entries()) values.computed(name, plans[i].outputs[0])
  const move = (plan: OpPlan, from: string, to: string): OpDraft => ({ kind: 'op', node, plan, inputs: [from], outputs: [to] })
  return [
    move(plans[0], conv.inputs[0], turned),
    { ...conv, descriptor: Object.freeze({ ...descriptor, activation: d.activation }), inputs: [turned], outputs: [computed] },
    move(plans[1], computed, outputs[0]),
  ]
}

function transposition(shape: Shape): OpPlan {
  return planOp('transpose', [{ dtype: 'float32', shape }], { perm: [1, 0] })
}
