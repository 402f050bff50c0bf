// The header of a .npy file: magic, version, and a Python dict with three keys.
import { type Dtype, type Shape, WeftError } from '@weft/core'
import type { Bytes } from './bytes.ts'
import { ELEMENT_TYPES, type ElementKind } from './elements.ts'
import { formatError, tooLarge } from './io-error.ts'
import { parsePythonDict } from './python-dict.ts'
import type { StoredTensor } from './stored-tensor.ts'
import { elementsOf } from './target.ts'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const MAX_RANK = 64
const ALIGNMENT = 64

/** Three keys and a shape of 64 sizes need far less; version 1.0 cannot say more. */
const MAX_HEADER = 65535

/** Numpy leaves room for the first size to grow in place to this many digits. */
const GROWTH_DIGITS = 21

/** Reads and checks the header: when it returns, the file has exactly the bytes that the shape needs. */
export async function readNpyHeader(file: Bytes): Promise<StoredTensor> {
  const { path } = file
  const prefix = await file.bytes(0, 8)
  if (!MAGIC.every((byte, index) => prefix[index] === byte))
    throw formatError(path, 'it is not a .npy file: the first bytes are not \\x93NUMPY')
  const [major, minor] = [prefix[6], prefix[7]]
  if (major < 1 || major > 3 || minor !== 0)
    throw formatError(path, `its .npy version is ${major}.${minor}; 1.0, 2.0 and 3.0 are read`)
  const widthOfLength = major === 1 ? 2 : 4
  const lengthBytes = Buffer.from(await file.bytes(8, widthOfLength))
  const length = lengthBytes.readUIntLE(0, widthOfLength)
  if (length > MAX_HEADER) throw tooLarge(path, `its header has ${length} bytes; the limit is ${MAX_HEADER}`, { length })

  // Only ASCII can pass the parser, in the Latin-1 of 1.0 and 2.0 as in the UTF-8 of 3.0.
  const header = Buffer.from(await file.bytes(8 + widthOfLength, length)).toString('latin1')
  const stored = { label: path, ...meaningOf(header, path), position: 8 + widthOfLength + length }
  expectSize(file, stored)
  return stored
}

/** What numpy.save writes for these, byte for byte. @throws TOO_LARGE for a rank past 64. */
export function formatNpyHeader(dtype: Dtype, shape: Shape, path: string): Uint8Array {
  if (shape.length > MAX_RANK) throw tooLarge(path, `the tensor has ${shape.length} axes; .npy holds ${MAX_RANK} at most`)
  const descr = { float32: '<f4', uint8: '|u1', int32: '<i4' }[dtype]
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const growth = shape.length === 0 ? 0 : GROWTH_DIGITS - String(shape[0]).length
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }${' '.repeat(growth)}`
  const used = 10 + text.length + 1
  const padded = `${text}${' '.repeat(ALIGNMENT - (used % ALIGNMENT))}\n`
  return Buffer.from([...MAGIC, 1, 0, padded.length & 255, padded.length >> 8, ...Buffer.from(padded, 'latin1')])
}

function meaningOf(header: string, path: string): Pick<StoredTensor, 'kind' | 'bigEndian' | 'fortran' | 'shape'> {
  const dict = parsePythonDict(header, path)
  const { descr, fortran_order: fortran, shape } = Object.fromEntries(dict)
  if (dict.size !== 3 || typeof descr !== 'string' || typeof fortran !== 'boolean' || !Array.isArray(shape)) {
    const keys = [...dict.keys()].join(', ')
    throw formatError(
      path,
      `its header must give descr (text), fortran_order (True or False) and shape (a tuple); it gives ${keys}`,
    )
  }
  if (shape.length > MAX_RANK) throw formatError(path, `its shape has ${shape.length} sizes; the limit is ${MAX_RANK}`)
  return { ...elementsFrom(descr, path), fortran, shape }
}

function elementsFrom(descr: string, path: string): { kind: ElementKind; bigEndian: boolean } {
  const [, order, kind] = /^([<>|])([a-z][1248])$/.exec(descr) ?? []
  const isKnown = kind !== undefined && Object.hasOwn(ELEMENT_TYPES, kind)
  if (!isKnown || (order === '|' && !kind.endsWith('1'))) {
    const problem = `its data type ${JSON.stringify(descr)} is not read`
    const known = 'booleans, integers of 8 to 64 bits and floats of 16 to 64 bits are'
    throw new WeftError('DTYPE', `${path}: ${problem}; ${known}`, { path, descr })
  }
  return { kind: kind as ElementKind, bigEndian: order === '>' }
}

function expectSize(file: Bytes, stored: StoredTensor): void {
  const bytes = elementsOf(stored.shape, file.path) * ELEMENT_TYPES[stored.kind].bytes
  const present = file.size - stored.position
  if (bytes === present) return
  const shape = `shape (${stored.shape.join(', ')}) of ${stored.kind} needs ${bytes} bytes after the header`
  throw formatError(
    file.path,
    `${shape}, and the file has ${present}: it is ${present < bytes ? 'cut short' : 'longer than it says'}`,
    {
      bytes,
      present,
    },
  )
}
