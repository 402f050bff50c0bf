// The contract of an adapter: from an ONNX node, of any version, to what core does.
import type { ConvDescriptor, OpParams, Shape, ValueInfo } from '@weft/core'
import type { Constant, Node } from '../graph/graph.ts'

/** An operator of core over those inputs of the node that are data; -1 where an optional one is left out. */
export interface OpStep {
  readonly kind: 'op'
  readonly op: string
  readonly params: OpParams
  readonly data: readonly number[]
}

/** A convolution: which inputs of the node are x, weight and bias (-1: none, or none of the node's). */
export interface ConvStep {
  readonly kind: 'conv'
  readonly descriptor: ConvDescriptor
  readonly data: readonly [x: number, weight: number, bias: number]
  /** The weights and the bias, where they are not as the node has them. */
  readonly weight?: Constant
  readonly bias?: Constant
  /** The output's shape, where it is not the descriptor's. */
  readonly shape?: Shape
}

/** Consecutive numbers of an input, and the shape they are given. */
export interface View {
  /** Index of the first. */
  readonly from: number
  readonly shape: Shape
}

/** The outputs are numbers of an input as they lie there: nothing is computed. Reshape, Flatten, Squeeze, Identity, Split of the first axis ... */
export interface ViewStep {
  readonly kind: 'view'
  readonly input: number
  /** One an output. */
  readonly views: readonly View[]
}

/** The outputs are known from shapes and attributes alone: Shape, Constant ... */
export interface KnownStep {
  readonly kind: 'known'
  readonly outputs: readonly Constant[]
}

export type AdaptedStep = OpStep | ConvStep | ViewStep | KnownStep

export interface AdaptContext {
  readonly opset: number
  /** null where an optional input is left out; inputs at the end may be missing altogether. */
  readonly inputs: readonly (ValueInfo | null)[]
  /** The numbers of input `i` where they are known, of any type; null where they are not, or the input is left out. */
  constant(i: number): readonly number[] | null
  /** Input `i` where it is known, of any size. */
  known(i: number): Constant | null
  /** The numbers of input `i`. @throws MODEL, naming the node and the input, when they are not known before the run */
  needs(i: number): readonly number[]
}

export interface Operator {
  readonly opTypes: readonly string[]
  /**
   * Outputs of the step are those of the node, in order; a step may have fewer than the node where the others are not used.
   * @throws MODEL for what it cannot do, in a sentence that names the node
   */
  adapt(node: Node, context: AdaptContext): AdaptedStep
}
