// The element types of ONNX, and the type that weft computes each in.
import { type OpDType, WeftError } from '@weft/core'

export interface DataType {
  readonly name: string
  /** Narrow types widen: double to float32, as float16 does; unsigned and short ones to the integer that holds them. */
  readonly dtype: OpDType
  /** Bytes of an element in raw data. */
  readonly bytes: number
  /** Where the numbers lie when they are not raw. */
  readonly field: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data'
  /** An element of raw data, little-endian. */
  at(view: DataView, offset: number): number
  /** An element of the typed field, as its whole number or float was read. */
  fromField?(value: number): number
}

const TYPES: Readonly<Record<number, DataType>> = {
  1: { name: 'float', dtype: 'float32', bytes: 4, field: 'floatData', at: (view, offset) => view.getFloat32(offset, true) },
  2: { name: 'uint8', dtype: 'uint8', bytes: 1, field: 'int32Data', at: (view, offset) => view.getUint8(offset) },
  3: { name: 'int8', dtype: 'int32', bytes: 1, field: 'int32Data', at: (view, offset) => view.getInt8(offset) },
  4: { name: 'uint16', dtype: 'int32', bytes: 2, field: 'int32Data', at: (view, offset) => view.getUint16(offset, true) },
  5: { name: 'int16', dtype: 'int32', bytes: 2, field: 'int32Data', at: (view, offset) => view.getInt16(offset, true) },
  6: { name: 'int32', dtype: 'int32', bytes: 4, field: 'int32Data', at: (view, offset) => view.getInt32(offset, true) },
  7: { name: 'int64', dtype: 'int64', bytes: 8, field: 'int64Data', at: int64 },
  9: { name: 'bool', dtype: 'bool', bytes: 1, field: 'int32Data', at: (view, offset) => Number(view.getUint8(offset) !== 0) },
  10: {
    name: 'float16',
    dtype: 'float32',
    bytes: 2,
    field: 'int32Data',
    at: (view, offset) => half(view.getUint16(offset, true)),
    fromField: half,
  },
  11: { name: 'double', dtype: 'float32', bytes: 8, field: 'doubleData', at: (view, offset) => view.getFloat64(offset, true) },
  12: { name: 'uint32', dtype: 'int64', bytes: 4, field: 'uint64Data', at: (view, offset) => view.getUint32(offset, true) },
  13: {
    name: 'uint64',
    dtype: 'int64',
    bytes: 8,
    field: 'uint64Data',
    at: (view, offset) => view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
  },
  16: {
    name: 'bfloat16',
    dtype: 'float32',
    bytes: 2,
    field: 'int32Data',
    at: (view, offset) => brain(view.getUint16(offset, true)),
    fromField: brain,
  },
}

const OTHERS = [
  'undefined',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  'string',
  '',
  '',
  '',
  '',
  '',
  'complex64',
  'complex128',
  '',
  'float8',
  'float8',
  'float8',
  'float8',
  'uint4',
  'int4',
  'float4',
]

/** The number of ONNX's float, of int64 and so on: what Cast's `to` means. @throws MODEL for a type that weft does not compute with */
export function dataType(number: number, where: string): DataType {
  const type = Object.hasOwn(TYPES, number) ? TYPES[number] : undefined
  if (type === undefined) {
    const name = OTHERS[number] || `number ${number}`
    throw new WeftError('MODEL', `${where} has the element type ${name}; weft computes with floats, integers and bool`)
  }
  return type
}

function int64(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true)
}

const bits = new DataView(new ArrayBuffer(4))

function brain(value: number): number {
  bits.setUint32(0, (value & 0xffff) << 16)
  return bits.getFloat32(0)
}

/** IEEE 754 binary16. */
function half(value: number): number {
  const [exponent, fraction] = [(value >> 10) & 31, value & 1023]
  const magnitude =
    exponent === 31
      ? fraction === 0
        ? Number.POSITIVE_INFINITY
        : Number.NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25)
  return value & 0x8000 ? -magnitude : magnitude
}
