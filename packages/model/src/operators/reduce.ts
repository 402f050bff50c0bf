// Reductions over axes: an attribute, or (ReduceSum from opset 13, the others from 18) an input. ArgMax and ArgMin.
import { hasAttribute, intAttribute, intsAttribute } from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { input, optional } from './inputs.ts'
import type { AdaptContext, Operator } from './operator.ts'

const TABLE: Readonly<Record<string, string>> = {
  ReduceSum: 'reduceSum',
  ReduceMean: 'reduceMean',
  ReduceMax: 'reduceMax',
  ReduceMin: 'reduceMin',
  ReduceProd: 'reduceProd',
  ReduceL1: 'reduceL1',
  ReduceL2: 'reduceL2',
  ReduceSumSquare: 'reduceSumSquare',
  ReduceLogSum: 'reduceLogSum',
  ReduceLogSumExp: 'reduceLogSumExp',
}

export const reduce: Operator = {
  opTypes: Object.keys(TABLE),
  adapt(node, context) {
    const params = { axes: axesOf(node, context), keep: intAttribute(node, 'keepdims', 1) !== 0 }
    return { kind: 'op', op: TABLE[node.opType], params, data: [0] }
  },
}

/** No axes mean all of them, unless the node says that they mean none. */
function axesOf(node: Node, context: AdaptContext): readonly number[] {
  const named = hasAttribute(node, 'axes') ? intsAttribute(node, 'axes') : (optional(context, 1) ?? [])
  if (named.length > 0 || intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return named
  return input(node, context, 0).shape.map((_, axis) => axis)
}

export const arg: Operator = {
  opTypes: ['ArgMax', 'ArgMin'],
  adapt(node) {
    const params = {
      axis: intAttribute(node, 'axis', 0),
      keep: intAttribute(node, 'keepdims', 1) !== 0,
      last: intAttribute(node, 'select_last_index', 0) !== 0,
    }
    return { kind: 'op', op: node.opType === 'ArgMax' ? 'argMax' : 'argMin', params, data: [0] }
  },
}
