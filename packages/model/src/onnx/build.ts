// ModelProto to Graph, with everything checked that later stages rely on.
import { WeftError } from '@weft/core'
import { type Attribute, type Constant, type Dimension, describeNode, type Graph, type Node, type Port } from '../graph/graph.ts'
import { dataType } from './data-type.ts'
import type { ExternalData } from './external.ts'
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from './fields.ts'
import { readTensor } from './tensor.ts'

/** Before opset 7 some operators were others: the registry of operators says which. */
const OLDEST_OPSET = 1
const NEWEST_OPSET = 26
const MOST_NODES = 32_768

/** @throws FORMAT, MODEL or TOO_LARGE */
export function buildGraph(model: ModelProto, external: ExternalData): Graph {
  const proto = model.graph
  if (proto === null || proto.output.length === 0)
    throw new WeftError('FORMAT', 'it is no ONNX model: it has no graph with outputs')
  if (proto.sparseInitializer !== null) throw new WeftError('MODEL', 'it has sparse initialisers; store them dense')
  if (proto.node.length > MOST_NODES)
    throw new WeftError('TOO_LARGE', `it has ${proto.node.length} nodes; the limit is ${MOST_NODES}`)
  const constants = new Map<string, Constant>()
  for (const tensor of proto.initializer) constants.set(tensor.name, readTensor(tensor, `initialiser '${tensor.name}'`, external))
  const graph: Graph = {
    opset: opsetOf(model),
    inputs: proto.input.filter(({ name }) => !constants.has(name)).map((value) => port(value, 'input')),
    outputs: proto.output.map((value) => port(value, 'output')),
    nodes: proto.node.map((node, id) => buildNode(node, id, external)),
    constants,
  }
  checkNames(graph, proto)
  return graph
}

function opsetOf({ opsetImport }: ModelProto): number {
  const opset = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version
  if (opset === undefined) throw new WeftError('FORMAT', `it does not say the version of ONNX's operators`)
  if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new WeftError(
      'MODEL',
      `it uses opset ${opset}; weft reads ${OLDEST_OPSET} to ${NEWEST_OPSET}: convert it with onnx.version_converter`,
      { opset },
    )
  }
  return opset
}

function port({ name, type }: ValueInfoProto, kind: string): Port {
  const where = `${kind} '${name}'`
  if (!type?.tensor) throw new WeftError('MODEL', `${where} is no tensor; weft takes no sequences, maps or optionals`)
  const { elemType, shape } = type.tensor
  const dims = shape === null ? null : shape.dim.map(({ value, param }): Dimension => (value >= 0 ? value : param || null))
  return { name, dtype: dataType(elemType, where).dtype, shape: dims }
}

function buildNode(proto: NodeProto, id: number, external: ExternalData): Node {
  const { name, opType, domain, input, output } = proto
  const node: Node = {
    id,
    name,
    opType,
    domain,
    inputs: [...input],
    outputs: [...output],
    attributes: Object.create(null),
    fused: {},
  }
  if (opType === '') throw new WeftError('FORMAT', `node ${id} has no operator`)
  for (const attribute of proto.attribute) {
    const value = attributeValue(attribute, node, external)
    if (value !== undefined) node.attributes[attribute.name] = value
  }
  return node
}

/** undefined for what no adapter reads: subgraphs, types, lists of tensors. */
function attributeValue(proto: AttributeProto, node: Node, external: ExternalData): Attribute | undefined {
  switch (proto.type || guessType(proto)) {
    case ATTRIBUTE_TYPE.FLOAT:
      return proto.f
    case ATTRIBUTE_TYPE.INT:
      return proto.i
    case ATTRIBUTE_TYPE.STRING:
      return new TextDecoder().decode(proto.s ?? new Uint8Array())
    case ATTRIBUTE_TYPE.TENSOR:
      return proto.t === null ? undefined : readTensor(proto.t, `attribute '${proto.name}' of ${describeNode(node)}`, external)
    case ATTRIBUTE_TYPE.FLOATS:
      return proto.floats
    case ATTRIBUTE_TYPE.INTS:
      return proto.ints
    case ATTRIBUTE_TYPE.STRINGS:
      return proto.strings
  }
}

/** Files of the first writers do not say the type of an attribute. */
function guessType(proto: AttributeProto): number {
  if (proto.ints.length > 0) return ATTRIBUTE_TYPE.INTS
  if (proto.floats.length > 0) return ATTRIBUTE_TYPE.FLOATS
  if (proto.strings.length > 0) return ATTRIBUTE_TYPE.STRINGS
  if (proto.t !== null) return ATTRIBUTE_TYPE.TENSOR
  if (proto.s !== null) return ATTRIBUTE_TYPE.STRING
  return proto.f !== 0 ? ATTRIBUTE_TYPE.FLOAT : ATTRIBUTE_TYPE.INT
}

/** Every value is made once, and before it is used. */
function checkNames(graph: Graph, proto: GraphProto): void {
  const known = new Set<string>()
  const make = (name: string, by: string) => {
    if (name.includes('\0')) throw new WeftError('FORMAT', `a value of ${by} has a zero character in its name`)
    if (known.has(name)) throw new WeftError('FORMAT', `value '${name}' is made twice, the second time by ${by}`)
    known.add(name)
  }
  for (const { name } of proto.initializer) make(name, 'an initialiser')
  for (const { name } of graph.inputs) make(name, 'an input')
  for (const node of graph.nodes) {
    const missing = node.inputs.find((name) => name !== '' && !known.has(name))
    if (missing !== undefined)
      throw new WeftError('FORMAT', `${describeNode(node)} uses '${missing}', which nothing before it makes`)
    for (const name of node.outputs) if (name !== '') make(name, describeNode(node))
  }
  const missing = graph.outputs.find(({ name }) => !known.has(name))
  if (missing !== undefined) throw new WeftError('FORMAT', `nothing makes the output '${missing.name}'`)
}
