// Conv, then an activation that alone reads it: one convolution with the activation.
import { GraphEdit } from '../graph/edit.ts'
import type { Graph } from '../graph/graph.ts'
import { activationOf } from './activation-of.ts'

export function fuseActivation(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!isConvolution(node) || node.fused.activation !== undefined) continue
    const next = edit.soleReader(node)
    if (next === null || next.inputs[0] !== node.outputs[0]) continue
    const activation = activationOf(next, (name) => edit.constant(name))
    if (activation === null) continue
    node.fused = { ...node.fused, activation }
    edit.absorb(node, next)
  }
  return edit.done()
}

export function isConvolution({ opType, domain }: { opType: string; domain: string }): boolean {
  return (opType === 'Conv' || opType === 'ConvTranspose') && (domain === '' || domain === 'ai.onnx')
}
