// Identity, and Dropout, which does nothing outside of training: whoever read them reads what they read.
import { GraphEdit } from '../graph/edit.ts'
import type { Graph, Node } from '../graph/graph.ts'

export function dropIdentity(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (isIdentity(node, edit)) edit.bypass(node, node.inputs[0])
  }
  return edit.done()
}

function isIdentity(node: Node, edit: GraphEdit): boolean {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return false
  if (node.opType === 'Identity') return true
  if (node.opType !== 'Dropout') return false
  const [, mask] = node.outputs
  const training = node.inputs[2] ? edit.constant(node.inputs[2]) : null
  return (!mask || edit.uses(mask) === 0) && (training === null || training?.data[0] === 0)
}
