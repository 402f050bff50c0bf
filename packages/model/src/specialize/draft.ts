// Steps before they have memory: operands by the names of values.
import type { ChainDescriptor, ConvDescriptor, OpPlan } from '@weft/core'
import type { Constant, Node } from '../graph/graph.ts'

export interface ConvDraft {
  readonly kind: 'conv'
  readonly node: Node
  readonly descriptor: ConvDescriptor
  readonly weight: Constant
  readonly bias: Constant | null
  /** x, then the residual where there is one. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export interface OpDraft {
  readonly kind: 'op'
  readonly node: Node
  readonly plan: OpPlan
  readonly inputs: readonly string[]
  /** The node's, and the count of rows where the operator counts. */
  readonly outputs: readonly string[]
}

/** Convolutions that are one step. */
export interface ChainDraft {
  readonly kind: 'chain'
  /** Of the last. */
  readonly node: Node
  readonly descriptor: ChainDescriptor
  readonly convs: readonly ConvDraft[]
  /** x, then the residual where there is one. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export type Draft = ConvDraft | ChainDraft | OpDraft
