// The element types that files hold, and how each becomes float32, uint8 or int32.
import { type Dtype, type Storage, WeftError } from '@weft/core'
import { widenBfloats, widenHalfs } from './half.ts'

/** By numpy's letter and size in bytes; `bf2` is bfloat16, which numpy does not have. */
export type ElementKind = 'b1' | 'u1' | 'i1' | 'u2' | 'i2' | 'u4' | 'i4' | 'u8' | 'i8' | 'f2' | 'bf2' | 'f4' | 'f8'

/** Little-endian elements in, numbers out: `raw` begins with `out.length` elements. */
type Decode = (raw: ArrayBuffer, out: Storage) => void

export interface ElementType {
  /** A size in bytes. */
  readonly bytes: 1 | 2 | 4 | 8
  /** What it can be read as. */
  readonly readAs: readonly Dtype[]
  /** What its bytes already are, on the little-endian machines that weft runs on. */
  readonly sameAs?: Dtype
  readonly decode: Decode
}

const ALL = ['float32', 'uint8', 'int32'] as const
const NUMBERS = ['float32', 'int32'] as const
const FLOAT = ['float32'] as const

export const ELEMENT_TYPES: Readonly<Record<ElementKind, ElementType>> = {
  b1: { bytes: 1, readAs: ALL, decode: (raw, out) => decodeBooleans(new Uint8Array(raw, 0, out.length), out) },
  u1: { bytes: 1, readAs: ALL, sameAs: 'uint8', decode: (raw, out) => out.set(new Uint8Array(raw, 0, out.length)) },
  i1: { bytes: 1, readAs: NUMBERS, decode: (raw, out) => out.set(new Int8Array(raw, 0, out.length)) },
  u2: { bytes: 2, readAs: NUMBERS, decode: (raw, out) => out.set(new Uint16Array(raw, 0, out.length)) },
  i2: { bytes: 2, readAs: NUMBERS, decode: (raw, out) => out.set(new Int16Array(raw, 0, out.length)) },
  u4: { bytes: 4, readAs: NUMBERS, decode: (raw, out) => decodeUint32(new Uint32Array(raw, 0, out.length), out) },
  i4: { bytes: 4, readAs: NUMBERS, sameAs: 'int32', decode: (raw, out) => out.set(new Int32Array(raw, 0, out.length)) },
  u8: { bytes: 8, readAs: NUMBERS, decode: (raw, out) => decode64(new Uint32Array(raw), new Uint32Array(raw), out) },
  i8: { bytes: 8, readAs: NUMBERS, decode: (raw, out) => decode64(new Uint32Array(raw), new Int32Array(raw), out) },
  f2: { bytes: 2, readAs: FLOAT, decode: (raw, out) => widenHalfs(new Uint16Array(raw, 0, out.length), out as Float32Array) },
  bf2: { bytes: 2, readAs: FLOAT, decode: (raw, out) => widenBfloats(new Uint16Array(raw, 0, out.length), out as Float32Array) },
  f4: { bytes: 4, readAs: FLOAT, sameAs: 'float32', decode: (raw, out) => out.set(new Float32Array(raw, 0, out.length)) },
  f8: { bytes: 8, readAs: FLOAT, decode: (raw, out) => out.set(new Float64Array(raw, 0, out.length)) },
}

/** Turns big-endian elements into little-endian ones where they lie. */
export function swapBytes(raw: Uint8Array<ArrayBuffer>, bytes: number): void {
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (bytes === 2) buffer.swap16()
  else if (bytes === 4) buffer.swap32()
  else if (bytes === 8) buffer.swap64()
}

function decodeBooleans(bytes: Uint8Array, out: Storage): void {
  for (let index = 0; index < out.length; index++) out[index] = bytes[index] === 0 ? 0 : 1
}

function decodeUint32(values: Uint32Array, out: Storage): void {
  if (out instanceof Int32Array) for (const value of values) if (value > 0x7fffffff) throw doesNotFit(value)
  out.set(values)
}

// 64-bit integers as halves: `high` is signed or not, and says which of the two the numbers are.
function decode64(low: Uint32Array, high: Uint32Array | Int32Array, out: Storage): void {
  const exact = out instanceof Int32Array
  for (let index = 0; index < out.length; index++) {
    const lo = low[2 * index]
    const hi = high[2 * index + 1]
    if (exact) {
      const value = hi * 2 ** 32 + lo
      if (value !== (value | 0)) throw doesNotFit(value)
      out[index] = value
    } else out[index] = hi >= -(2 ** 21) && hi < 2 ** 21 ? hi * 2 ** 32 + lo : hi * 2 ** 32 + roundToOdd(lo)
  }
}

// Past 53 bits a double cannot hold the number, and rounding twice could be wrong by one step. The lowest 11 bits fold into
// the twelfth, far below the last bit of a float32, so that the one rounding that counts sees that they were there.
function roundToOdd(low: number): number {
  const kept = low - (low % 2048)
  return kept === low || kept % 4096 !== 0 ? kept : kept + 2048
}

function doesNotFit(value: number): WeftError {
  return new WeftError('DTYPE', `the value ${value} does not fit int32; read it as float32`, { value })
}
