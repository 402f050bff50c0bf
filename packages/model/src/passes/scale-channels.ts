// y = (x * weight + bias) scale + shift, per output channel, as one convolution with other weights.

import { intAttribute } from '../graph/attributes.ts'
import type { GraphEdit } from '../graph/edit.ts'
import type { Constant, Node } from '../graph/graph.ts'

export interface ChannelAffine {
  /** One an output channel, or one for all. */
  readonly scale: ArrayLike<number>
  readonly shift: ArrayLike<number>
}

/** Output channels of a convolution with constant weights; null where they are not constant. */
export function outputChannels(node: Node, edit: GraphEdit): number | null {
  const weight = edit.constant(node.inputs[1])
  if (weight === undefined || weight.dtype !== 'float32' || weight.shape.length < 3) return null
  if (node.inputs[2] && edit.constant(node.inputs[2]) === undefined) return null
  return node.opType === 'Conv' ? weight.shape[0] : weight.shape[1] * intAttribute(node, 'group', 1)
}

/** Gives the convolution weights scaled, and a bias scaled and shifted. False, and nothing done, where a result is not finite. */
export function scaleChannels(node: Node, edit: GraphEdit, oc: number, { scale, shift }: ChannelAffine): boolean {
  const weight = edit.constant(node.inputs[1]) as Constant
  const before = edit.constant(node.inputs[2])?.data
  const at = (values: ArrayLike<number>, channel: number) => values[values.length === 1 ? 0 : channel]
  const bias = Float32Array.from({ length: oc }, (_, c) => (before?.[c] ?? 0) * at(scale, c) + at(shift, c))
  const scaled = new Float32Array(weight.data.length)
  const groups = intAttribute(node, 'group', 1)
  const taps = weight.shape.slice(2).reduce((size, k) => size * k, 1)
  for (let i = 0; i < scaled.length; i++) {
    scaled[i] = weight.data[i] * at(scale, channelOf(i, node.opType, weight.shape, taps, groups))
  }
  if (!bias.every(Number.isFinite) || !scaled.every(Number.isFinite)) return false
  edit.setInput(node, 1, edit.addConstant(node.inputs[1], { dtype: 'float32', shape: weight.shape, data: scaled }))
  const biasName = node.inputs[2] || `${node.inputs[1]}/bias`
  edit.setInput(node, 2, edit.addConstant(biasName, { dtype: 'float32', shape: [oc], data: bias }))
  return true
}

/** Weights are (oc, ic / groups, ...) or, transposed, (ic, oc / groups, ...), the input channels of a group one after another. */
function channelOf(i: number, opType: string, [first, second]: readonly number[], taps: number, groups: number): number {
  const row = Math.floor(i / taps)
  if (opType === 'Conv') return Math.floor(row / second)
  return Math.floor(Math.floor(row / second) / (first / groups)) * second + (row % second)
}
