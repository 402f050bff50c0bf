// x clip(x + 3, 0, 6) / 6, its factors in any order, and x HardSigmoid(x) of slope 1/6: HardSwish.
import { floatAttribute } from '../graph/attributes.ts'
import { GraphEdit } from '../graph/edit.ts'
import type { Graph, Node } from '../graph/graph.ts'
import { activationOf } from './activation-of.ts'
import { close, only, scaling } from './scaling.ts'

export function recognizeHardSwish(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (node.opType !== 'Mul') continue
    for (const [x, gate] of [node.inputs, node.inputs.toReversed()]) {
      const last = lastOf(node, gateFactor(edit.producer(gate), x, edit), edit)
      if (last === null) continue
      edit.rewrite(last, 'HardSwish', [x])
      break
    }
  }
  return edit.done()
}

/** f, where the node gives f clip(x + 3, 0, 6); 0 where it does not. */
function gateFactor(node: Node | undefined, x: string, edit: GraphEdit): number {
  if (node === undefined) return 0
  if (node.opType === 'HardSigmoid') {
    const fits = close(floatAttribute(node, 'alpha', 0.2), 1 / 6) && floatAttribute(node, 'beta', 0.5) === 0.5
    return fits && node.inputs[0] === x ? 1 / 6 : 0
  }
  const scaled = scaling(node, edit)
  if (scaled !== null) return scaled.factor * gateFactor(edit.producer(scaled.of), x, edit)
  const add = activationOf(node, (name) => edit.constant(name)) === 'relu6' ? edit.producer(node.inputs[0]) : undefined
  const shift = add?.opType === 'Add' ? add.inputs.findIndex((name) => only(edit, name) === 3) : -1
  return shift >= 0 && add?.inputs[1 - shift] === x ? 1 : 0
}

/** The node whose output is x clip(x + 3, 0, 6) / 6: the product itself, or the scaling that alone reads it. */
function lastOf(product: Node, factor: number, edit: GraphEdit): Node | null {
  if (close(factor, 1 / 6)) return product
  const next = factor === 0 ? null : edit.soleReader(product)
  const scaled = next && scaling(next, edit)
  return scaled?.of === product.outputs[0] && close(factor * scaled.factor, 1 / 6) ? next : null
}
