// x / 2 (1 + Erf(x / the root of 2)), its factors in any order: Gelu, which ONNX has from opset 20 on.
import { GraphEdit } from '../graph/edit.ts'
import type { Graph, Node } from '../graph/graph.ts'
import { close, only, scaling } from './scaling.ts'

export function recognizeGelu(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const erf of graph.nodes) {
    if (erf.opType !== 'Erf' || erf.domain !== '') continue
    const x = timesOf(edit, erf.inputs[0], Math.SQRT1_2)
    if (x === null) continue
    const last = lastOf(erf, x, edit)
    if (last !== null) edit.rewrite(last, 'Gelu', [x])
  }
  return edit.done()
}

/** The node whose output is x / 2 (1 + erf); null where there is none, or another reads what is between. */
function lastOf(erf: Node, x: string, edit: GraphEdit): Node | null {
  const sum = edit.soleReader(erf)
  if (sum?.opType !== 'Add' || !sum.inputs.some((name) => only(edit, name) === 1)) return null
  const product = edit.soleReader(sum)
  if (product === null) return null
  const other = otherFactor(product, sum.outputs[0])
  if (other !== null && timesOf(edit, other, 0.5) === x) return product
  const last = edit.soleReader(product)
  if (last === null) return null
  // One of the two is by x, and the other by a half.
  if (other === x) return timesOf(edit, last.outputs[0], 0.5) === product.outputs[0] ? last : null
  const halved = timesOf(edit, product.outputs[0], 0.5) === sum.outputs[0]
  return halved && otherFactor(last, product.outputs[0]) === x ? last : null
}

function otherFactor({ opType, inputs: [a, b] }: Node, name: string): string | null {
  return opType !== 'Mul' || a === b ? null : a === name ? b : a
}

/** What the value `name` is `factor` times; null where it is not. */
function timesOf(edit: GraphEdit, name: string, factor: number): string | null {
  const node = edit.producer(name)
  const found = node === undefined ? null : scaling(node, edit)
  return found !== null && close(found.factor, factor) ? found.of : null
}
