// Dropout: the identity, unless the model asks for training (an input from opset 12).
import { floatAttribute, intAttribute } from '../graph/attributes.ts'
import { input, optional } from './inputs.ts'
import type { Operator } from './operator.ts'

/** The seed where a node has none: a run gives the same numbers every time. */
const SEED = 0

export const dropout: Operator = {
  opTypes: ['Dropout'],
  adapt(node, context) {
    const { shape } = input(node, context, 0)
    const training = context.opset >= 12 && (optional(context, 2)?.[0] ?? 0) !== 0
    if (!training && !node.outputs[1]) return { kind: 'view', input: 0, views: [{ from: 0, shape }] }
    const asked = context.opset < 12 ? floatAttribute(node, 'ratio', 0.5) : (optional(context, 1)?.[0] ?? 0.5)
    const seed = intAttribute(node, 'seed', SEED)
    return { kind: 'op', op: 'dropout', params: { ratio: training ? asked : 0, seed }, data: [0] }
  },
}
