// Concat, and Split: sizes are an attribute up to opset 12, an input from 13, or follow from the number of outputs.
import { sizeOf } from '@weft/core'
import { hasAttribute, intAttribute, intsAttribute } from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { axisFrom, cannot, input, optional } from './inputs.ts'
import type { AdaptContext, Operator } from './operator.ts'

export const concat: Operator = {
  opTypes: ['Concat'],
  adapt(node) {
    return { kind: 'op', op: 'concat', params: { axis: intAttribute(node, 'axis') }, data: node.inputs.map((_, i) => i) }
  },
}

export const split: Operator = {
  opTypes: ['Split'],
  adapt(node, context) {
    const { shape } = input(node, context, 0)
    const axis = axisFrom(node, intAttribute(node, 'axis', 0), shape.length)
    const sizes = sizesOf(node, context) ?? equalSizes(node, shape[axis])
    if (sizes.length !== node.outputs.length) {
      throw cannot(node, `it has ${node.outputs.length} outputs for parts of (${sizes.join(', ')})`)
    }
    const parts = sizes.map((size) => shape.with(axis, size))
    // The parts lie one after the other.
    if (sizeOf(shape.slice(0, axis)) === 1) {
      let next = 0
      const views = parts.map((part) => {
        const from = next
        next += sizeOf(part)
        return { from, shape: part }
      })
      return { kind: 'view', input: 0, views }
    }
    return { kind: 'op', op: 'split', params: { axis, sizes }, data: [0] }
  },
}

function sizesOf(node: Node, context: AdaptContext): readonly number[] | null {
  if (context.opset < 13) return hasAttribute(node, 'split') ? intsAttribute(node, 'split') : null
  return optional(context, 1)
}

/** As large as they can be; the last takes what is left. */
function equalSizes(node: Node, extent: number): number[] {
  const parts = intAttribute(node, 'num_outputs', node.outputs.length)
  const each = Math.ceil(extent / parts)
  return Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(each, extent - i * each)))
}
