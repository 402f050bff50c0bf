// The best of many: TopK (k is an attribute up to opset 9, an input from 10) and NonMaxSuppression.
import { intAttribute } from '../graph/attributes.ts'
import { optional } from './inputs.ts'
import type { Operator } from './operator.ts'

export const topK: Operator = {
  opTypes: ['TopK'],
  adapt(node, context) {
    const params = {
      axis: intAttribute(node, 'axis', -1),
      k: context.opset < 10 ? intAttribute(node, 'k') : context.needs(1)[0],
      largest: intAttribute(node, 'largest', 1) !== 0,
    }
    return { kind: 'op', op: 'topK', params, data: [0] }
  },
}

export const nonMaxSuppression: Operator = {
  opTypes: ['NonMaxSuppression'],
  adapt(node, context) {
    const params = {
      most: optional(context, 2)?.[0] ?? 0,
      overlap: optional(context, 3)?.[0] ?? 0,
      score: optional(context, 4)?.[0] ?? Number.NEGATIVE_INFINITY,
      centred: intAttribute(node, 'center_point_box', 0) !== 0,
    }
    return { kind: 'op', op: 'nonMaxSuppression', params, data: [0, 1] }
  },
}
