// Padding of windows as nodes have it: explicit pads, or auto_pad, which follows from the sizes.
import { WeftError } from '@weft/core'
import { intsAttribute, stringAttribute } from '../graph/attributes.ts'
import { describeNode, type Node } from '../graph/graph.ts'

export type Pairs = [before: number, after: number][]

export interface WindowSizes {
  readonly n: readonly number[]
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
}

/** Padding before and after each spatial axis. @throws MODEL */
export function paddingOf(node: Node, { n, kernel, stride, dilation }: WindowSizes): Pairs {
  const auto = stringAttribute(node, 'auto_pad', 'NOTSET')
  if (auto === 'NOTSET' || auto === '') return explicitPads(node, n.length)
  if (auto === 'VALID') return n.map(() => [0, 0])
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') {
    throw new WeftError('MODEL', `${describeNode(node)}: auto_pad '${auto}' is unknown`)
  }
  return n.map((extent, axis) => {
    const span = (kernel[axis] - 1) * dilation[axis] + 1
    return splitPadding(Math.max(0, (Math.ceil(extent / stride[axis]) - 1) * stride[axis] + span - extent), auto)
  })
}

/** The odd pixel goes after for SAME_UPPER, before for all else. */
export function splitPadding(total: number, auto: string): [before: number, after: number] {
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)]
  return auto === 'SAME_UPPER' ? [less, more] : [more, less]
}

/** ONNX lists all begins, then all ends. @throws MODEL */
export function explicitPads(node: Node, rank: number): Pairs {
  const pads = intsAttribute(node, 'pads', new Array<number>(2 * rank).fill(0))
  if (pads.length !== 2 * rank) throw new WeftError('MODEL', `${describeNode(node)} has ${pads.length} pads for ${rank} axes`)
  return Array.from({ length: rank }, (_, axis) => [pads[axis], pads[axis + rank]])
}
