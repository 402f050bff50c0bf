// Graph: a network as its nodes and the names of the values between them; plain objects that passes change in place.
import type { ActivationOption, Numerics, OpDType, OpStorage, PaddingMode, Shape } from '@weft/core'

/** Numbers that are known before anything runs. */
export interface Constant {
  readonly dtype: OpDType
  readonly shape: Shape
  readonly data: OpStorage
}

export type Attribute = number | string | readonly number[] | readonly string[] | Constant

/** What passes have put into a convolution. */
export interface Fused {
  readonly activation?: ActivationOption
  readonly paddingMode?: PaddingMode
  readonly numerics?: Numerics
}

export interface Node {
  /** Unique in its graph. */
  readonly id: number
  /** As the file has it, or '' */
  readonly name: string
  opType: string
  /** '' is ONNX's own. */
  readonly domain: string
  /** Names of values; '' where an optional one is left out. */
  inputs: string[]
  outputs: string[]
  attributes: Record<string, Attribute>
  fused: Fused
}

/** A size of an input: a number, the name of one that varies, or null. */
export type Dimension = number | string | null

export interface Port {
  readonly name: string
  readonly dtype: OpDType
  /** null: the file does not say. */
  readonly shape: readonly Dimension[] | null
}

export interface Graph {
  /** Version of ONNX's own operators. */
  readonly opset: number
  inputs: Port[]
  outputs: Port[]
  /** In an order in which each comes after those that make its inputs. */
  nodes: Node[]
  constants: Map<string, Constant>
}

/** A node for a sentence: its operator, and its name or else its first output. */
export function describeNode(node: Node): string {
  return `${node.opType} '${node.name || node.outputs[0] || `#${node.id}`}'`
}
