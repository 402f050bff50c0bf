// Which activation of core's a node is.
import type { ActivationOption } from '@weft/core'
import { floatAttribute, hasAttribute } from '../graph/attributes.ts'
import type { Constant, Node } from '../graph/graph.ts'

/** null where it is none that a convolution can apply. @param constantOf the numbers of a value, where they are known */
export function activationOf(
  node: Node,
  constantOf: (name: string | undefined) => Constant | null | undefined,
): ActivationOption | null {
  switch (node.domain === '' || node.domain === 'ai.onnx' ? node.opType : '') {
    case 'Relu':
      return 'relu'
    case 'LeakyRelu':
      return { kind: 'leakyRelu', negativeSlope: floatAttribute(node, 'alpha', 0.01) }
    case 'Sigmoid':
      return 'sigmoid'
    case 'Swish':
      return floatAttribute(node, 'alpha', 1) === 1 ? 'silu' : null
    case 'HardSwish':
      return 'hardSwish'
    case 'Clip':
      return clip(node, constantOf)
    case 'Max':
    case 'Min':
      return bound(node, constantOf)
    default:
      return null
  }
}

/** The bounds are attributes up to version 6 and inputs from version 11 on; either may be left out. */
function clip(node: Node, constantOf: (name: string | undefined) => Constant | null | undefined): ActivationOption | null {
  const bound = (name: string, input: number, otherwise: number): number => {
    if (hasAttribute(node, name)) return floatAttribute(node, name)
    if (!node.inputs[input]) return otherwise
    const constant = constantOf(node.inputs[input])
    return constant?.data.length === 1 ? constant.data[0] : Number.NaN
  }
  const min = bound('min', 1, Number.NEGATIVE_INFINITY)
  const max = bound('max', 2, Number.POSITIVE_INFINITY)
  if (!(min <= max)) return null
  return min === 0 && max === 6 ? 'relu6' : { kind: 'clip', min, max }
}

/** The larger, or the smaller, of the first input and one number. */
function bound(node: Node, constantOf: (name: string | undefined) => Constant | null | undefined): ActivationOption | null {
  const number = node.inputs.length === 2 ? constantOf(node.inputs[1]) : null
  if (number?.data.length !== 1 || number.shape.length > 1 || number.dtype !== 'float32' || Number.isNaN(number.data[0]))
    return null
  return node.opType === 'Max' ? { kind: 'clip', min: number.data[0] } : { kind: 'clip', max: number.data[0] }
}
