// MaxPool, AveragePool and LpPool; and the global ones, which are reductions over the spatial axes.
import { intAttribute, intsAttribute } from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { input } from './inputs.ts'
import type { AdaptContext, Operator } from './operator.ts'
import { paddingOf } from './padding.ts'

export const maxPool: Operator = {
  opTypes: ['MaxPool'],
  adapt(node, context) {
    const window = windowOf(node, context)
    if (!node.outputs[1]) return { kind: 'op', op: 'maxPool', params: window, data: [0] }
    const params = { ...window, columnMajor: intAttribute(node, 'storage_order', 0) !== 0 }
    return { kind: 'op', op: 'maxPoolPlaces', params, data: [0] }
  },
}

export const averagePool: Operator = {
  opTypes: ['AveragePool'],
  adapt(node, context) {
    const params = { ...windowOf(node, context), countPadding: intAttribute(node, 'count_include_pad', 0) !== 0 }
    return { kind: 'op', op: 'averagePool', params, data: [0] }
  },
}

export const lpPool: Operator = {
  opTypes: ['LpPool'],
  adapt(node, context) {
    return { kind: 'op', op: 'lpPool', params: { ...windowOf(node, context), p: intAttribute(node, 'p', 2) }, data: [0] }
  },
}

const GLOBAL: Readonly<Record<string, string>> = { GlobalAveragePool: 'reduceMean', GlobalMaxPool: 'reduceMax' }

export const globalPool: Operator = {
  opTypes: Object.keys(GLOBAL),
  adapt(node, context) {
    const spatial = input(node, context, 0).shape.slice(2)
    const params = { axes: spatial.map((_, axis) => axis + 2), keep: true }
    return { kind: 'op', op: GLOBAL[node.opType], params, data: [0] }
  },
}

function windowOf(node: Node, context: AdaptContext) {
  const n = input(node, context, 0).shape.slice(2)
  const kernel = intsAttribute(node, 'kernel_shape')
  const ones = kernel.map(() => 1)
  const stride = intsAttribute(node, 'strides', ones)
  const dilation = intsAttribute(node, 'dilations', ones)
  const pairs = paddingOf(node, { n, kernel, stride, dilation })
  const [before, after] = [pairs.map(([first]) => first), pairs.map(([, last]) => last)]
  return { kernel, stride, dilation, before, after, ceil: intAttribute(node, 'ceil_mode', 0) !== 0 }
}
