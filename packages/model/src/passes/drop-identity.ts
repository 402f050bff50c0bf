// Identity, Dropout, which does nothing outside of training, and pooling by a pixel: whoever read them reads what they read.
import { intsAttribute } from '../graph/attributes.ts'
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
  const [, second] = node.outputs
  if (second && edit.uses(second) > 0) return false
  switch (node.opType) {
    case 'Identity':
      return true
    case 'Dropout': {
      const training = node.inputs[2] ? edit.constant(node.inputs[2]) : null
      return training === null || training?.data[0] === 0
    }
    case 'MaxPool':
    case 'AveragePool':
      return isPixelByPixel(node)
    default:
      return false
  }
}

/** Windows of a pixel each, of all pixels. */
function isPixelByPixel(node: Node): boolean {
  const all = (name: string, wanted: number) => intsAttribute(node, name, []).every((value) => value === wanted)
  return intsAttribute(node, 'kernel_shape', []).length > 0 && all('kernel_shape', 1) && all('strides', 1) && all('pads', 0)
}
