// Functions of one number: activations, roundings, roots and the like.
import { floatAttribute, stringAttribute } from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { cannot } from './inputs.ts'
import type { Operator } from './operator.ts'

type UnaryParams = { a?: number; b?: number }

/** ONNX's name: core's, and the parameters that it takes from attributes. */
const TABLE: Readonly<Record<string, readonly [op: string, params?: (node: Node) => UnaryParams]>> = {
  Abs: ['abs'],
  Neg: ['neg'],
  Floor: ['floor'],
  Ceil: ['ceil'],
  Round: ['round'],
  Sign: ['sign'],
  Sqrt: ['sqrt'],
  Reciprocal: ['reciprocal'],
  Exp: ['exp'],
  Log: ['log'],
  Sin: ['sin'],
  Cos: ['cos'],
  Tanh: ['tanh'],
  Erf: ['erf'],
  Not: ['not'],
  Relu: ['relu'],
  Sigmoid: ['sigmoid'],
  HardSwish: ['hardSwish'],
  Softplus: ['softplus'],
  Softsign: ['softsign'],
  Mish: ['mish'],
  LeakyRelu: ['leakyRelu', (node) => ({ a: floatAttribute(node, 'alpha', 0.01) })],
  ThresholdedRelu: ['thresholdedRelu', (node) => ({ a: floatAttribute(node, 'alpha', 1) })],
  Elu: ['elu', (node) => ({ a: floatAttribute(node, 'alpha', 1) })],
  Celu: ['celu', (node) => ({ a: floatAttribute(node, 'alpha', 1) })],
  Selu: [
    'selu',
    (node) => ({ a: floatAttribute(node, 'alpha', 1.6732631921768188), b: floatAttribute(node, 'gamma', 1.0507010221481323) }),
  ],
  HardSigmoid: ['hardSigmoid', (node) => ({ a: floatAttribute(node, 'alpha', 0.2), b: floatAttribute(node, 'beta', 0.5) })],
}

export const unary: Operator = {
  opTypes: Object.keys(TABLE),
  adapt(node) {
    const [op, params] = TABLE[node.opType]
    return { kind: 'op', op, params: params?.(node) ?? {}, data: [0] }
  },
}

export const gelu: Operator = {
  opTypes: ['Gelu'],
  adapt: (node) => ({
    kind: 'op',
    op: stringAttribute(node, 'approximate', 'none') === 'tanh' ? 'geluTanh' : 'gelu',
    params: {},
    data: [0],
  }),
}

export const swish: Operator = {
  opTypes: ['Swish'],
  adapt(node) {
    const alpha = floatAttribute(node, 'alpha', 1)
    if (alpha !== 1) throw cannot(node, `weft has x / (1 + e^(-a x)) for a = 1 alone, not for ${alpha}`)
    return { kind: 'op', op: 'silu', params: {}, data: [0] }
  },
}
