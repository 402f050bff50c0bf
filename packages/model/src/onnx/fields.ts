// The messages of onnx.proto that weft reads, and the numbers of their fields (github.com/onnx/onnx, onnx/onnx.proto).
import { bytes, float, floats, int, ints, type Message, message, messages, packed, string, strings } from './message.ts'

const KEY_VALUE = { key: string(1), value: string(2) } as const

export const TENSOR = {
  dims: ints(1),
  dataType: int(2),
  segment: bytes(3),
  floatData: packed(4),
  int32Data: packed(5),
  int64Data: packed(7),
  name: string(8),
  rawData: bytes(9),
  doubleData: packed(10),
  uint64Data: packed(11),
  externalData: messages(13, KEY_VALUE),
  dataLocation: int(14),
} as const

export const ATTRIBUTE = {
  name: string(1),
  f: float(2),
  i: int(3),
  s: bytes(4),
  t: message(5, TENSOR),
  floats: floats(7),
  ints: ints(8),
  strings: strings(9),
  type: int(20),
  refAttrName: string(21),
} as const

export const NODE = {
  input: strings(1),
  output: strings(2),
  name: string(3),
  opType: string(4),
  attribute: messages(5, ATTRIBUTE),
  domain: string(7),
} as const

const DIMENSION = { value: int(1, -1), param: string(2) } as const
const SHAPE = { dim: messages(1, DIMENSION) } as const
const TENSOR_TYPE = { elemType: int(1), shape: message(2, SHAPE) } as const
const TYPE = { tensor: message(1, TENSOR_TYPE) } as const

export const VALUE_INFO = { name: string(1), type: message(2, TYPE) } as const

export const GRAPH = {
  node: messages(1, NODE),
  name: string(2),
  initializer: messages(5, TENSOR),
  input: messages(11, VALUE_INFO),
  output: messages(12, VALUE_INFO),
  sparseInitializer: bytes(15),
} as const

const OPSET = { domain: string(1), version: int(2) } as const

export const MODEL = { irVersion: int(1), graph: message(7, GRAPH), opsetImport: messages(8, OPSET) } as const

export type TensorProto = Message<typeof TENSOR>
export type AttributeProto = Message<typeof ATTRIBUTE>
export type NodeProto = Message<typeof NODE>
export type ValueInfoProto = Message<typeof VALUE_INFO>
export type GraphProto = Message<typeof GRAPH>
export type ModelProto = Message<typeof MODEL>

/** AttributeProto.AttributeType: which field holds the value. */
export const ATTRIBUTE_TYPE = { FLOAT: 1, INT: 2, STRING: 3, TENSOR: 4, FLOATS: 6, INTS: 7, STRINGS: 8 } as const
