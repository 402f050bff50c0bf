// Clip: bounds are attributes up to opset 10, inputs from 11.
import { floatAttribute } from '../graph/attributes.ts'
import { optional } from './inputs.ts'
import type { Operator } from './operator.ts'

export const clip: Operator = {
  opTypes: ['Clip'],
  adapt(node, context) {
    const bound = (name: string, i: number, open: number) =>
      context.opset < 11 ? floatAttribute(node, name, open) : (optional(context, i)?.[0] ?? open)
    const [a, b] = [bound('min', 1, Number.NEGATIVE_INFINITY), bound('max', 2, Number.POSITIVE_INFINITY)]
    return { kind: 'op', op: 'clip', params: { a, b }, data: [0] }
  },
}
