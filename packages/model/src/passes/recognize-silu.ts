// x Sigmoid(x), its factors in either order: Swish, ONNX's name for SiLU from opset 24 on.
import { GraphEdit } from '../graph/edit.ts'
import type { Graph } from '../graph/graph.ts'

export function recognizeSilu(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (node.opType !== 'Mul' || node.domain !== '') continue
    for (const [x, gate] of [node.inputs, node.inputs.toReversed()]) {
      const sigmoid = edit.producer(gate)
      if (sigmoid?.opType !== 'Sigmoid' || sigmoid.domain !== '' || sigmoid.inputs[0] !== x || edit.uses(gate) !== 1) continue
      edit.rewrite(node, 'Swish', [x])
      break
    }
  }
  return edit.done()
}
