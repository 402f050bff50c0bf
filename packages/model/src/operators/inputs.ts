// What adapters ask of a node's inputs, and the sentence when they cannot have it.
import { type ValueInfo, WeftError } from '@weft/core'
import { describeNode, type Node } from '../graph/graph.ts'
import type { AdaptContext } from './operator.ts'

/** @throws MODEL where the node has no input `i` */
export function input(node: Node, { inputs }: AdaptContext, i: number): ValueInfo {
  const info = inputs[i]
  if (!info) throw cannot(node, `it has no input ${i}, which it needs`)
  return info
}

/** The indices, -1 for those of inputs that are left out. */
export function present({ inputs }: AdaptContext, ...indices: number[]): number[] {
  return indices.map((i) => (inputs[i] ? i : -1))
}

/** The numbers of an optional input; null where it is left out. @throws MODEL when it is there, but not known before the run */
export function optional(context: AdaptContext, i: number): readonly number[] | null {
  return context.inputs[i] ? context.needs(i) : null
}

/** An axis counted from the front. @throws MODEL */
export function axisFrom(node: Node, axis: number, rank: number): number {
  if (axis < -rank || axis >= rank) throw cannot(node, `axis ${axis} is not among the ${rank} axes of its input`)
  return axis < 0 ? axis + rank : axis
}

export function cannot(node: Node, reason: string): WeftError {
  return new WeftError('MODEL', `${describeNode(node)}: ${reason}`)
}
