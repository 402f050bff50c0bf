// Conv and ConvTranspose: to core's descriptor, with what passes have fused into it.
import { type ConvDescriptor, describeConv, describeConvTranspose, type Shape, transposedExtent, WeftError } from '@weft/core'
import { hasAttribute, intAttribute, intsAttribute, stringAttribute } from '../graph/attributes.ts'
import { describeNode, type Node } from '../graph/graph.ts'
import type { Operator } from './operator.ts'
import { explicitPads, paddingOf, splitPadding } from './padding.ts'

export const conv: Operator = {
  opTypes: ['Conv', 'ConvTranspose'],
  adapt(node, context) {
    const [x, weight, bias] = context.inputs
    if (!x || !weight) throw new WeftError('MODEL', `${describeNode(node)} needs an input and weights`)
    const spatial = weight.shape.length - 2
    if (spatial < 1 || x.shape.length !== weight.shape.length) {
      throw new WeftError(
        'MODEL',
        `${describeNode(node)} has an input of rank ${x.shape.length} and weights of rank ${weight.shape.length}`,
      )
    }
    const kernel = intsAttribute(node, 'kernel_shape', weight.shape.slice(2))
    if (kernel.length !== spatial || kernel.some((k, axis) => k !== weight.shape[axis + 2])) {
      throw new WeftError(
        'MODEL',
        `${describeNode(node)}: kernel_shape (${kernel.join(', ')}) is not that of the weights, (${weight.shape.join(', ')})`,
      )
    }
    const describe = node.opType === 'Conv' ? plain : transposed
    return { kind: 'conv', descriptor: describe(node, x.shape, weight.shape, Boolean(bias)), data: [0, 1, bias ? 2 : -1] }
  },
}

function plain(node: Node, x: Shape, weight: Shape, bias: boolean): ConvDescriptor {
  const options = shared(node, x.length - 2)
  const { stride, dilation } = options
  const padding = paddingOf(node, { n: x.slice(2), kernel: weight.slice(2), stride, dilation })
  return describeConv(x, weight, bias, { ...options, ...node.fused, padding })
}

function shared(node: Node, rank: number) {
  const ones = new Array<number>(rank).fill(1)
  return {
    stride: intsAttribute(node, 'strides', ones),
    dilation: intsAttribute(node, 'dilations', ones),
    groups: intAttribute(node, 'group', 1),
  }
}

function transposed(node: Node, x: Shape, weight: Shape, bias: boolean): ConvDescriptor {
  const rank = x.length - 2
  const options = { ...shared(node, rank), outputPadding: intsAttribute(node, 'output_padding', new Array<number>(rank).fill(0)) }
  const { paddingMode: _, ...fused } = node.fused
  return describeConvTranspose(x, weight, bias, { ...options, ...fused, ...transposedPadding(node, x, weight, options) })
}

/** Explicit pads, or those that give `output_shape` or, for auto_pad, input times stride; where pixels are missing they are added at the end. */
function transposedPadding(
  node: Node,
  x: Shape,
  weight: Shape,
  {
    stride,
    dilation,
    outputPadding,
  }: { stride: readonly number[]; dilation: readonly number[]; outputPadding: readonly number[] },
): { padding: [number, number][]; outputPadding: readonly number[] } {
  const auto = stringAttribute(node, 'auto_pad', 'NOTSET')
  const rank = x.length - 2
  if (!auto.startsWith('SAME_') && !hasAttribute(node, 'output_shape')) {
    return { padding: auto === 'VALID' ? new Array(rank).fill([0, 0]) : explicitPads(node, rank), outputPadding }
  }
  const wholeExtent = (axis: number) =>
    transposedExtent(x[axis + 2], weight[axis + 2], stride[axis], dilation[axis], 0, 0, outputPadding[axis])
  const wanted = intsAttribute(
    node,
    'output_shape',
    stride.map((s, axis) => x[axis + 2] * s),
  ).slice(-rank)
  const missing = wanted.map((extent, axis) => extent - wholeExtent(axis))
  return {
    outputPadding: missing.map((extent, axis) => outputPadding[axis] + Math.max(0, extent)),
    padding: missing.map((extent) => splitPadding(Math.max(0, -extent), auto)),
  }
}
