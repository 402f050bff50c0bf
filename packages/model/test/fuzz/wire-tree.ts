// A protobuf message as a tree of fields that can be changed and written again; those of ONNX that hold messages are opened.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

export interface Field {
  number: number
  type: WireType
  /** As the wire has it: a whole number, four or eight bytes, bytes, or the fields of a message. */
  value: bigint | Uint8Array | Field[]
  /** The kinds of the fields inside, by number; null where they are not known to be a message. */
  readonly kinds: Kinds | null
}

/** Which fields of a message hold messages, and of what kind. */
export interface Kinds {
  readonly [number: number]: () => Kinds
}

const LEAF: Kinds = {}
const TENSOR: Kinds = { 13: () => LEAF }
const ATTRIBUTE: Kinds = { 5: () => TENSOR }
const NODE: Kinds = { 5: () => ATTRIBUTE }
const SHAPE: Kinds = { 1: () => LEAF }
const TENSOR_TYPE: Kinds = { 2: () => SHAPE }
const TYPE: Kinds = { 1: () => TENSOR_TYPE }
const VALUE_INFO: Kinds = { 2: () => TYPE }
const GRAPH: Kinds = { 1: () => NODE, 5: () => TENSOR, 11: () => VALUE_INFO, 12: () => VALUE_INFO }
const MODEL: Kinds = { 7: () => GRAPH, 8: () => LEAF }

export function parse(bytes: Uint8Array, kinds: Kinds = MODEL): Field[] {
  const reader = new BinaryReader(bytes)
  const fields: Field[] = []
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag()
    const inner = kinds[number]?.() ?? null
    fields.push({ number, type, value: read(reader, type, number, inner), kinds: inner })
  }
  return fields
}

function read(reader: BinaryReader, type: WireType, number: number, inner: Kinds | null): Field['value'] {
  if (type === WireType.Varint) return BigInt(reader.int64())
  if (type !== WireType.LengthDelimited) return reader.skip(type, number)
  const bytes = reader.bytes()
  return inner === null ? bytes : parse(bytes, inner)
}

export function write(fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter()
  for (const field of fields) writeField(writer, field)
  return writer.finish()
}

function writeField(writer: BinaryWriter, { number, type, value }: Field): void {
  if (typeof value === 'bigint') writer.tag(number, WireType.Varint).int64(BigInt.asIntN(64, value))
  else if (Array.isArray(value)) writer.tag(number, WireType.LengthDelimited).bytes(write(value))
  else if (type === WireType.LengthDelimited) writer.tag(number, type).bytes(value)
  else writer.tag(number, type).raw(value)
}

/** Every list of fields of a tree: the tree itself, and those of its messages. */
export function lists(fields: Field[]): Field[][] {
  return [fields, ...fields.flatMap(({ value }) => (Array.isArray(value) ? lists(value) : []))]
}

export function copy(field: Field): Field {
  const { value } = field
  return { ...field, value: Array.isArray(value) ? value.map(copy) : value instanceof Uint8Array ? value.slice() : value }
}
