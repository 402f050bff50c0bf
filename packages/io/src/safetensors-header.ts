// The header of a .safetensors file: eight bytes of length, then JSON that places every entry in the rest of the file.
import { formatShape, type Shape } from '@weft/core'
import { ELEMENT_TYPES, type ElementKind } from './elements.ts'
import type { InputFile } from './input-file.ts'
import { formatError, tooLarge } from './io-error.ts'

/** The limit of the format's own reference implementation. */
const MAX_HEADER = 100_000_000
const LENGTH_BYTES = 8

export const METADATA_KEY = '__metadata__'

/** The names that safetensors gives to the element types that are read. */
export const SAFETENSORS_KINDS: ReadonlyMap<string, ElementKind> = new Map([
  ['BOOL', 'b1'],
  ['U8', 'u1'],
  ['I8', 'i1'],
  ['U16', 'u2'],
  ['I16', 'i2'],
  ['U32', 'u4'],
  ['I32', 'i4'],
  ['U64', 'u8'],
  ['I64', 'i8'],
  ['F16', 'f2'],
  ['BF16', 'bf2'],
  ['F32', 'f4'],
  ['F64', 'f8'],
])

/** One tensor of a file: its name, its type in the file's own words, its shape, and its size in bytes. */
export interface SafetensorsEntry {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape
  readonly bytes: number
}

export interface PlacedEntry extends SafetensorsEntry {
  /** The byte of the file at which it begins. */
  readonly position: number
}

export interface SafetensorsHeader {
  /** In the order of the file. */
  readonly entries: readonly PlacedEntry[]
  readonly metadata: ReadonlyMap<string, string>
}

/** Reads and checks the header: when it returns, the entries cover the rest of the file, each byte once. */
export async function readSafetensorsHeader(file: InputFile): Promise<SafetensorsHeader> {
  const { path } = file
  const length = Number(Buffer.from(await file.bytes(0, LENGTH_BYTES)).readBigUInt64LE())
  const begin = LENGTH_BYTES + length
  if (begin > file.size) {
    const problem = `its header would have ${length} bytes, more than the file: it is cut short or not a .safetensors file`
    throw formatError(path, problem, { length, size: file.size })
  }
  if (length > MAX_HEADER) throw tooLarge(path, `its header has ${length} bytes; the limit is ${MAX_HEADER}`, { length })
  const header = parseObject(await file.bytes(LENGTH_BYTES, length), path)

  const named = Object.entries(header).filter(([name]) => name !== METADATA_KEY)
  const entries = named.map(([name, value]) => entryFrom(name, value, begin, path))
  entries.sort((a, b) => a.position - b.position || a.bytes - b.bytes)
  expectCover(entries, begin, file)
  return { entries, metadata: metadataFrom(Object.hasOwn(header, METADATA_KEY) ? header[METADATA_KEY] : {}, path) }
}

function parseObject(bytes: Uint8Array, path: string): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw formatError(path, 'its header is not JSON in UTF-8: it is damaged or not a .safetensors file')
  }
  if (!isObject(header) || bytes[0] !== 0x7b) throw formatError(path, "its header is not a JSON object that begins with '{'")
  return header
}

function entryFrom(name: string, value: unknown, begin: number, path: string): PlacedEntry {
  const label = `${path}, entry ${JSON.stringify(name)}`
  if (!isObject(value)) throw formatError(label, 'its description is not an object')
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    throw formatError(
      label,
      'it must give dtype (text), shape (sizes) and data_offsets (two bytes, the first no later than the second)',
    )
  }
  const bytes = offsets[1] - offsets[0]
  const kind = SAFETENSORS_KINDS.get(dtype)
  // Types that are not read stay in the list: the others can be read all the same.
  if (kind !== undefined) {
    const needed = shape.reduce((product, extent) => product * extent, ELEMENT_TYPES[kind].bytes)
    if (needed !== bytes)
      throw formatError(label, `shape ${formatShape(shape)} of ${dtype} needs ${needed} bytes, and it has ${bytes}`)
  }
  return { name, dtype, shape, bytes, position: begin + offsets[0] }
}

function expectCover(entries: readonly PlacedEntry[], begin: number, file: InputFile): void {
  let end = begin
  for (const { name, position, bytes } of entries) {
    if (position !== end) {
      const problem = `entry ${JSON.stringify(name)} begins at byte ${position}, the one before ends at ${end}; they must touch`
      throw formatError(file.path, problem, { position, end })
    }
    end += bytes
  }
  if (end === file.size) return
  const state = end > file.size ? 'cut short' : 'longer than it says'
  throw formatError(file.path, `its entries end at byte ${end}, and the file at ${file.size}: it is ${state}`, {
    end,
    size: file.size,
  })
}

function metadataFrom(value: unknown, path: string): ReadonlyMap<string, string> {
  if (!isObject(value)) throw formatError(path, `${METADATA_KEY} is not an object`)
  const pairs = Object.entries(value)
  if (!pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    throw formatError(path, `${METADATA_KEY} holds something else than texts`)
  }
  return new Map(pairs)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}
