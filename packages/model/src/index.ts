// @weft/model: ONNX in, an optimised graph, a program of core's steps out.

export {
  floatAttribute,
  floatsAttribute,
  hasAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute,
} from './graph/attributes.ts'
export { type Attribute, type Constant, type Dimension, describeNode, type Graph, type Node, type Port } from './graph/graph.ts'
export type { AdaptContext, AdaptedStep, Operator } from './operators/operator.ts'
