// Functions of two numbers, and of any number of inputs: arithmetic, comparisons, logic.
import { present } from './inputs.ts'
import type { Operator } from './operator.ts'

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
  adapt: (node) => ({ kind: 'op', op: VARIADIC[node.opType], params: {}, data: node.inputs.map((_, i) => i) }),
}

export const where: Operator = {
  opTypes: ['Where'],
  adapt: (_, context) => ({ kind: 'op', op: 'where', params: {}, data: present(context, 0, 1, 2) }),
}
