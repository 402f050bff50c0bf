// TensorProto to numbers: raw or in typed fields, in the file or outside of it.
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { OP_STORAGE, type OpStorage, sizeOf, WeftError } from '@weft/core'
import type { Constant } from '../graph/graph.ts'
import { type DataType, dataType } from './data-type.ts'
import type { ExternalData } from './external.ts'
import type { TensorProto } from './fields.ts'

const MOST_AXES = 16
/** Bytes of a field from which on three more lie before it, which are its own: a number of two bytes or more for the length, and one for the field. */
const MOVABLE = 128
const EXTERNAL = 1
/** Of a float32, all of them 0 where it is 0 or subnormal: arithmetic on subnormal numbers costs a hundred times. */
const EXPONENT = 0x7f800000

/**
 * The numbers of a tensor; subnormal floats are zero.
 * @throws FORMAT when they are not as many as the shape says, MODEL for a type that weft does not compute with
 */
export function readTensor(proto: TensorProto, where: string, external: ExternalData): Constant {
  const type = dataType(proto.dataType, where)
  if (proto.dims.length > MOST_AXES) throw damaged(where, `${proto.dims.length} axes`)
  if (proto.segment !== null) throw damaged(where, 'segments, which ONNX does not use any more')
  const shape = Object.freeze([...proto.dims])
  const size = sizeOf(shape)
  const beside = proto.dataLocation === EXTERNAL
  const raw = beside ? external.read(proto.externalData, size * type.bytes, where) : proto.rawData
  const owned = beside || external.owned
  const data = raw === null ? fromField(proto[type.field], type, size, where) : fromRaw(raw, type, size, where, owned)
  if (data instanceof Float32Array) flushSubnormals(data)
  return { dtype: type.dtype, shape, data }
}

/** @param owned whether the numbers may lie where their bytes lie: new memory is slow to come by, and the file's is there already */
function fromRaw(raw: Uint8Array, type: DataType, size: number, where: string, owned: boolean): OpStorage {
  if (raw.length !== size * type.bytes) throw damaged(where, `${raw.length} bytes for ${size} elements of ${type.name}`)
  if (type.name === 'float' && owned && raw.length >= MOVABLE) return inPlace(raw)
  const data = new OP_STORAGE[type.dtype](size)
  if (type.name === 'float') new Uint8Array(data.buffer).set(raw)
  else {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
    for (let i = 0; i < size; i++) data[i] = type.at(view, i * type.bytes)
  }
  return data
}

/** The same floats, moved to the next place before them where floats can lie: over the length that the file has there. */
function inPlace(raw: Uint8Array): Float32Array {
  const at = raw.byteOffset - (raw.byteOffset % Float32Array.BYTES_PER_ELEMENT)
  const data = new Float32Array(raw.buffer, at, raw.length / Float32Array.BYTES_PER_ELEMENT)
  if (at < raw.byteOffset) new Uint8Array(raw.buffer, at, raw.length).set(raw)
  return data
}

/** An element takes `width` bytes, or at least one where it is of any length: no room is made for more than there can be. */
function fromField(pieces: readonly Uint8Array[], type: DataType, size: number, where: string): OpStorage {
  const width = type.field === 'floatData' ? 4 : type.field === 'doubleData' ? 8 : 1
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (width > 1 ? bytes !== size * width : bytes < size)
    throw damaged(where, `${bytes} bytes for ${size} elements of ${type.name}`)
  const data = new OP_STORAGE[type.dtype](size)
  let at = 0
  for (const piece of pieces) {
    const reader = new BinaryReader(piece)
    while (reader.pos < reader.len) {
      const value =
        width === 4
          ? reader.float()
          : width === 8
            ? reader.double()
            : Number(type.field === 'uint64Data' ? reader.uint64() : reader.int64())
      if (at === size) throw damaged(where, `more than ${size} elements`)
      data[at++] = type.fromField?.(value) ?? value
    }
  }
  if (at !== size) throw damaged(where, `${at} elements`)
  return data
}

/** By their bits: a network has millions of weights, and every start waits for this. */
function flushSubnormals(data: Float32Array): void {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length)
  for (let i = 0; i < words.length; i++) if ((words[i] & EXPONENT) === 0) words[i] = 0
}

function damaged(where: string, has: string): WeftError {
  return new WeftError('FORMAT', `${where} has ${has}, which does not fit its shape`)
}
