// Functions of two numbers, and of any number of inputs: arithmetic, comparisons, logic.
import type { Node } from '../graph/graph.ts'
import { present } from './inputs.ts'
import type { AdaptContext, Operator, OpStep } from './operator.ts'

const TABLE: Readonly<Record<string, string>> = {
  Add: 'add',
  Sub: 'sub',
  Mul: 'mul',
  Div: 'div',
  Pow: 'pow',
  PRelu: 'prelu',
  Equal: 'equal',
  Greater: 'greater',
  GreaterOrEqual: 'greaterOrEqual',
  Less: 'less',
  LessOrEqual: 'lessOrEqual',
  And: 'and',
  Or: 'or',
  Xor: 'xor',
}

export const binary: Operator = {
  opTypes: Object.keys(TABLE),
  adapt: (node) => ({ kind: 'op', op: TABLE[node.opType], params: {}, data: [0, 1] }),
}

const VARIADIC: Readonly<Record<string, string>> = { Sum: 'sumOf', Mean: 'meanOf', Min: 'minOf', Max: 'maxOf' }

export const variadic: Operator = {
  opTypes: Object.keys(VARIADIC),
  adapt: (node, context) =>
    asClip(node, context) ?? { kind: 'op', op: VARIADIC[node.opType], params: {}, data: node.inputs.map((_, i) => i) },
}

/** The larger, or the smaller, of a value and one number. */
function asClip({ opType, inputs }: Node, context: AdaptContext): OpStep | null {
  if (inputs.length !== 2 || (opType !== 'Max' && opType !== 'Min')) return null
  const i = [0, 1].find((side) => context.known(side)?.data.length === 1)
  const [bound, x] = i === undefined ? [] : [context.known(i), context.inputs[1 - i]]
  if (i === undefined || !bound || x?.dtype !== 'float32' || bound.shape.length > x.shape.length) return null
  const [value] = bound.data
  if (Number.isNaN(value)) return null
  const params = opType === 'Max' ? { a: value, b: Number.POSITIVE_INFINITY } : { a: Number.NEGATIVE_INFINITY, b: value }
  return { kind: 'op', op: 'clip', params, data: [1 - i] }
}

export const where: Operator = {
  opTypes: ['Where'],
  adapt: (_, context) => ({ kind: 'op', op: 'where', params: {}, data: present(context, 0, 1, 2) }),
}
