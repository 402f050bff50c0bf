// Conv, then BatchNormalization: one convolution with scaled weights.
import { floatAttribute, intAttribute } from '../graph/attributes.ts'
import { GraphEdit } from '../graph/edit.ts'
import type { Graph, Node } from '../graph/graph.ts'
import { isConvolution } from './fuse-activation.ts'
import { type ChannelAffine, outputChannels, scaleChannels } from './scale-channels.ts'

export function foldBatchNorm(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!edit.has(node) || !isConvolution(node) || node.fused.activation !== undefined) continue
    const next = edit.soleReader(node)
    const oc = outputChannels(node, edit)
    if (next?.opType !== 'BatchNormalization' || next.inputs[0] !== node.outputs[0] || oc === null) continue
    const affine = affineOf(next, edit, oc)
    if (affine !== null && scaleChannels(node, edit, oc, affine)) edit.absorb(node, next)
  }
  return edit.done()
}

/** scale (x - mean) / sqrt(variance + epsilon) + shift, in float64; null where a parameter is no constant, and in training. */
function affineOf(node: Node, edit: GraphEdit, oc: number): ChannelAffine | null {
  const [scale, shift, mean, variance] = node.inputs.slice(1, 5).map((name) => edit.constant(name)?.data)
  if (!scale || !shift || !mean || !variance || [scale, shift, mean, variance].some(({ length }) => length !== oc)) return null
  if (intAttribute(node, 'training_mode', 0) !== 0 || node.outputs.some((name, i) => i > 0 && name !== '')) return null
  const epsilon = floatAttribute(node, 'epsilon', 1e-5)
  const factor = Float64Array.from({ length: oc }, (_, c) => scale[c] / Math.sqrt(variance[c] + epsilon))
  return { scale: factor, shift: factor.map((f, c) => shift[c] - mean[c] * f) }
}
