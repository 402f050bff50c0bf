// @weft/model: ONNX in, an optimised graph, a program of core's steps out.

export {
  type Attribute,
  type Constant,
  type Dimension,
  describeNode,
  type Graph,
  type Node,
  type Port,
} from './graph/graph.ts'
export { exampleShapes } from './load/example-shapes.ts'
export { type LocalExecutorOptions, localExecutor } from './load/local.ts'
export { load, type Model, type ModelFile, type RunModelOptions, readModel } from './load/model.ts'
export type { ModelValue, ModelValues } from './load/value.ts'
export { PASSES, type Pass, type PassReport } from './passes/passes.ts'
export type { InputShape, SpecializeOptions } from './specialize/specialize.ts'
