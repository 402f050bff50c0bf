// Small ONNX files for tests: the bytes of a network that is written down as plain objects.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

export interface FileTensor {
  /** ONNX's number of the element type; 1 is float, 7 int64. */
  readonly type?: number
  readonly dims: readonly number[]
  readonly values: readonly number[]
  /** Writes the numbers as raw bytes, in the typed field, or says in which file they lie. */
  readonly as?: 'raw' | 'field' | { readonly location: string; readonly offset?: number; readonly length?: number }
}
export type FileAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | FileTensor
export interface FileNode {
  readonly op: string
  readonly name?: string
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, FileAttribute>>
}
export interface FilePort {
  readonly name: string
  readonly type?: number
  readonly shape?: readonly (number | string)[]
}
export interface FileNetwork {
  readonly opset?: number
  readonly inputs: readonly FilePort[]
  readonly outputs: readonly FilePort[]
  readonly nodes: readonly FileNode[]
  readonly constants?: Readonly<Record<string, FileTensor>>
}

export function onnxFile({ opset = 13, inputs, outputs, nodes, constants = {} }: FileNetwork): Uint8Array<ArrayBuffer> {
  const w = new BinaryWriter()
  int(w, 1, 8)
  message(w, 7, () => {
    for (const node of nodes) message(w, 1, () => writeNode(w, node))
    text(w, 2, 'network')
    for (const [name, tensor] of Object.entries(constants)) message(w, 5, () => writeTensor(w, tensor, name))
    for (const port of inputs) message(w, 11, () => writePort(w, port))
    for (const port of outputs) message(w, 12, () => writePort(w, port))
  })
  message(w, 8, () => int(w, 2, opset))
  return w.finish()
}

function message(w: BinaryWriter, number: number, fill: () => void): void {
  w.tag(number, WireType.LengthDelimited).fork()
  fill()
  w.join()
}

function text(w: BinaryWriter, number: number, value: string): void {
  w.tag(number, WireType.LengthDelimited).string(value)
}

function int(w: BinaryWriter, number: number, value: number): void {
  w.tag(number, WireType.Varint).int64(value)
}

function writePort(w: BinaryWriter, { name, type = 1, shape }: FilePort): void {
  text(w, 1, name)
  message(w, 2, () =>
    message(w, 1, () => {
      int(w, 1, type)
      if (shape === undefined) return
      message(w, 2, () => {
        for (const d of shape) message(w, 1, () => (typeof d === 'number' ? int(w, 1, d) : text(w, 2, d)))
      })
    }),
  )
}

function writeNode(w: BinaryWriter, { op, name, domain, inputs, outputs, attributes = {} }: FileNode): void {
  for (const input of inputs) text(w, 1, input)
  for (const output of outputs) text(w, 2, output)
  if (name !== undefined) text(w, 3, name)
  text(w, 4, op)
  for (const [key, value] of Object.entries(attributes)) message(w, 5, () => writeAttribute(w, key, value))
  if (domain !== undefined) text(w, 7, domain)
}

function writeAttribute(w: BinaryWriter, name: string, value: FileAttribute): void {
  text(w, 1, name)
  if (typeof value === 'number') {
    int(w, 3, value)
    int(w, 20, 2)
  } else if (typeof value === 'string') {
    text(w, 4, value)
    int(w, 20, 3)
  } else if ('float' in value) {
    w.tag(2, WireType.Bit32).float(value.float)
    int(w, 20, 1)
  } else if ('floats' in value) {
    for (const each of value.floats) w.tag(7, WireType.Bit32).float(each)
    int(w, 20, 6)
  } else if ('dims' in value) {
    message(w, 5, () => writeTensor(w, value, ''))
    int(w, 20, 4)
  } else {
    for (const each of value) int(w, 8, each)
    int(w, 20, 7)
  }
}

function writeTensor(w: BinaryWriter, { type = 1, dims, values, as = 'raw' }: FileTensor, name: string): void {
  for (const d of dims) int(w, 1, d)
  int(w, 2, type)
  text(w, 8, name)
  if (as === 'raw') w.tag(9, WireType.LengthDelimited).bytes(rawBytes(type, values))
  else if (as === 'field') writeField(w, type, values)
  else {
    for (const [key, value] of Object.entries(as)) {
      message(w, 13, () => {
        text(w, 1, key)
        text(w, 2, String(value))
      })
    }
    int(w, 14, 1)
  }
}

export function rawBytes(type: number, values: readonly number[]): Uint8Array {
  if (type === 1) return new Uint8Array(Float32Array.from(values).buffer)
  if (type === 6) return new Uint8Array(Int32Array.from(values).buffer)
  if (type === 7) return new Uint8Array(BigInt64Array.from(values, (v) => BigInt(v)).buffer)
  if (type === 10) return new Uint8Array(Uint16Array.from(values).buffer)
  if (type === 11) return new Uint8Array(Float64Array.from(values).buffer)
  return Uint8Array.from(values)
}

function writeField(w: BinaryWriter, type: number, values: readonly number[]): void {
  const number = { 1: 4, 7: 7, 11: 10, 12: 11, 13: 11 }[type] ?? 5
  w.tag(number, WireType.LengthDelimited).fork()
  for (const value of values) {
    if (number === 4) w.float(value)
    else if (number === 10) w.double(value)
    else w.int64(value)
  }
  w.join()
}
