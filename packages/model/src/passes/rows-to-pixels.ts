// A convolution of many items of one pixel, as products of rows are: one item of many pixels between two transpositions.
import { describeConv, planOp, type Shape } from '@weft/core'
import { FEW_ROWS, LARGE_WEIGHTS } from '../operators/matmul.ts'
import type { ConvDraft, Draft, OpDraft } from '../specialize/draft.ts'
import { countUses } from '../specialize/uses.ts'
import type { Values } from '../specialize/values.ts'

/** Functions of one number that may stand between two products: whether its rows are transposed is nothing to them. */
const OF_ONE_NUMBER = new Set(['elu', 'erf', 'gelu', 'geluTanh', 'mish', 'selu', 'softplus', 'softsign', 'tanh'])

/**
 * The steps with rows made pixels: weights are read once for all of them, not once for each. Rows that several products read are
 * transposed once, and none where nothing but a function of one number stands between two products.
 */
export function rowsToPixels(drafts: readonly Draft[], outputs: readonly string[], values: Values): Draft[] {
  const uses = countUses(drafts, outputs, values)
  const makers = new Map(drafts.flatMap((draft) => draft.outputs.map((name) => [name, draft])))
  /** Who makes all of a value that is read once. */
  const soleMaker = (name: string) => {
    const root = values.wholeRoot(name)
    return root !== null && uses.get(root) === 1 ? makers.get(root) : undefined
  }
  /** Products whose rows nobody reads, and the functions that read their pixels. */
  const inner = new Map<Draft, ConvDraft>()
  for (const draft of drafts) {
    if (draft.kind !== 'conv' || !gains(draft)) continue
    const maker = soleMaker(draft.inputs[0])
    const between = maker?.kind === 'op' && OF_ONE_NUMBER.has(maker.plan.op) ? maker : undefined
    const before = between ? soleMaker(between.inputs[0]) : maker
    if (before?.kind !== 'conv' || !gains(before)) continue
    if (before.descriptor.oc !== draft.descriptor.ic || before.descriptor.batch !== draft.descriptor.batch) continue
    inner.set(before, before)
    if (between) inner.set(between, before)
  }
  const turned = new Pixels(values)
  return drafts.flatMap((draft) => {
    if (draft.kind === 'conv' && gains(draft)) return asPixels(draft, turned, !inner.has(draft))
    const { descriptor } = inner.get(draft) ?? {}
    return draft.kind === 'op' && descriptor ? [ofPixels(draft, turned, descriptor.batch, descriptor.oc)] : [draft]
  })
}

/** Values as pixels: (channels, rows) of what is (rows, channels). */
class Pixels {
  readonly #values: Values
  readonly #made = new Set<string>()

  constructor(values: Values) {
    this.#values = values
  }

  nameOf(name: string, rows: number, channels: number): string {
    return `\0${this.#values.wholeRoot(name) ?? name}/${channels}x${rows}`
  }

  /** The name of the pixels, which a step is to make, and whether none was to before. */
  make(name: string, rows: number, channels: number): { name: string; first: boolean } {
    const own = this.nameOf(name, rows, channels)
    const first = !this.#made.has(own)
    this.#made.add(own)
    this.#values.computed(own, { dtype: 'float32', shape: [channels, rows] })
    return { name: own, first }
  }
}

function gains({ descriptor: d, weight }: ConvDraft): boolean {
  const one = (extents: readonly number[]) => extents.every((extent) => extent === 1)
  const rows = [d.kernel, d.input, d.output, d.stride].every(one) && d.groups === 1 && !d.transposed && !d.residual
  return rows && d.batch > (4 * weight.data.length > LARGE_WEIGHTS ? 1 : FEW_ROWS)
}

/** @param read whether somebody reads its output as rows */
function asPixels(conv: ConvDraft, pixels: Pixels, read: boolean): Draft[] {
  const { descriptor: d, node, inputs, outputs } = conv
  const turned = pixels.make(inputs[0], d.batch, d.ic)
  const { name: computed } = pixels.make(outputs[0], d.batch, d.oc)
  const descriptor = describeConv([1, d.ic, d.batch], [d.oc, d.ic, 1], d.bias)
  const move = (shape: Shape, from: string, to: string): OpDraft => {
    const plan = planOp('transpose', [{ dtype: 'float32', shape }], { perm: [1, 0] })
    return { kind: 'op', node, plan, inputs: [from], outputs: [to] }
  }
  return [
    ...(turned.first ? [move([d.batch, d.ic], inputs[0], turned.name)] : []),
    {
      ...conv,
      descriptor: Object.freeze({ ...descriptor, activation: d.activation }),
      inputs: [turned.name],
      outputs: [computed],
    },
    ...(read ? [move([d.oc, d.batch], computed, outputs[0])] : []),
  ]
}

function ofPixels({ node, plan, inputs, outputs }: OpDraft, pixels: Pixels, rows: number, channels: number): OpDraft {
  const { op, params } = plan
  const turned = planOp(op, [{ dtype: 'float32', shape: [channels, rows] }], params)
  const [from, to] = [pixels.nameOf(inputs[0], rows, channels), pixels.make(outputs[0], rows, channels).name]
  return { kind: 'op', node, plan: turned, inputs: [from], outputs: [to] }
}
