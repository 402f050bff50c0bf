// Softmax and LogSoftmax: over all axes from one on up to opset 12, over one axis from 13.
import { intAttribute } from '../graph/attributes.ts'
import { axisFrom, input } from './inputs.ts'
import type { Operator } from './operator.ts'

export const softmax: Operator = {
  opTypes: ['Softmax', 'LogSoftmax'],
  adapt(node, context) {
    const rank = input(node, context, 0).shape.length
    const one = context.opset >= 13
    const begin = axisFrom(node, intAttribute(node, 'axis', one ? -1 : 1), rank)
    const op = node.opType === 'Softmax' ? 'softmax' : 'logSoftmax'
    return { kind: 'op', op, params: { begin, end: one ? begin + 1 : rank }, data: [0] }
  },
}
