// Conv, then Add, Sub, Mul or Div by one constant a channel, or one for all: one convolution with other weights and bias.
import { GraphEdit } from '../graph/edit.ts'
import type { Constant, Graph, Node } from '../graph/graph.ts'
import { isConvolution } from './fuse-activation.ts'
import { type ChannelAffine, outputChannels, scaleChannels } from './scale-channels.ts'

export function foldChannelArithmetic(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) while (edit.has(node) && isConvolution(node) && foldNext(node, edit));
  return edit.done()
}

function foldNext(node: Node, edit: GraphEdit): boolean {
  const next = node.fused.activation === undefined ? edit.soleReader(node) : null
  const oc = outputChannels(node, edit)
  if (next === null || oc === null || next.inputs.length !== 2) return false
  const first = next.inputs[0] === node.outputs[0]
  const constant = edit.constant(next.inputs[first ? 1 : 0])
  const rank = edit.constant(node.inputs[1])?.shape.length ?? 0
  if (constant === undefined || !isPerChannel(constant, rank, oc)) return false
  const affine = affineOf(next.opType, first, constant.data)
  if (affine === null || !scaleChannels(node, edit, oc, affine)) return false
  edit.absorb(node, next)
  return true
}

/** Whether a shape, aligned at the right with (batch, oc, ...spatial), has one entry or one a channel. */
function isPerChannel({ dtype, shape, data }: Constant, rank: number, oc: number): boolean {
  if (dtype !== 'float32' || shape.length > rank) return false
  if (data.length === 1) return true
  return data.length === oc && shape[1 - (rank - shape.length)] === oc
}

function affineOf(opType: string, first: boolean, c: ArrayLike<number>): ChannelAffine | null {
  const values = Float64Array.from(c)
  if (opType === 'Add') return { scale: [1], shift: values }
  if (opType === 'Mul') return { scale: values, shift: [0] }
  if (opType === 'Sub') return first ? { scale: [1], shift: values.map((v) => -v) } : { scale: [-1], shift: values }
  return opType === 'Div' && first ? { scale: values.map((v) => 1 / v), shift: [0] } : null
}
