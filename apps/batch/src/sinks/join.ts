// Joining: the parts, in the order of the items, become one file, a few bytes at a time.
import { type FileHandle, open } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { npyHead, safetensorsHead, writeAtomically, ZipWriter } from '@weft/io'
import type { Entry } from '../ledger/records.ts'
import type { JoinedFormat } from './joined.ts'

/** A result among the parts. */
export interface Part {
  /** What its entries are called: the path of a file's result, without an extension. */
  readonly stem: string
  /** The file of parts that it is in. */
  readonly file: string
  readonly at: number
  readonly bytes: number
  readonly entries: readonly Entry[]
}

const CHUNK = 2 ** 20

/** Writes `path` whole or not at all. @throws IO, SHAPE */
export async function join(format: JoinedFormat, parts: readonly Part[], path: string): Promise<void> {
  const files = new Map<string, FileHandle>()
  try {
    for (const { file } of parts) if (!files.has(file)) files.set(file, await open(file, 'r'))
    const copy = (place: Place): AsyncGenerator<Uint8Array> => bytesAt(files.get(place.file) as FileHandle, place)
    await writeAtomically(path, WRITERS[format](parts, copy))
  } catch (cause) {
    if (cause instanceof WeftError) throw cause
    throw new WeftError('IO', `cannot join ${path}: ${(cause as Error).message}`, { path }, { cause })
  } finally {
    for (const file of files.values()) await file.close()
  }
}

type Place = Pick<Part, 'file' | 'at' | 'bytes'>
type Copy = (place: Place) => AsyncGenerator<Uint8Array>

const WRITERS: Readonly<Record<JoinedFormat, (parts: readonly Part[], copy: Copy) => AsyncGenerator<Uint8Array>>> = {
  async *jsonl(parts, copy) {
    for (const part of parts) yield* copy(part)
  },
  async *npy(parts, copy) {
    const shape = parts[0]?.entries[0].shape ?? []
    yield npyHead('float32', [parts.length, ...shape])
    for (const part of parts) yield* copy(part)
  },
  async *npz(parts, copy) {
    const zip = new ZipWriter()
    for (const { name, place, crc } of entriesOf(parts)) {
      yield zip.begin({ name: `${name}.npy`, crc, size: place.bytes })
      yield* copy(place)
    }
    yield zip.end()
  },
  async *safetensors(parts, copy) {
    const entries = entriesOf(parts)
    // Wide numbers first, so that each is aligned; among these in the order of the items.
    const wide = entries.filter(({ dtype }) => dtype !== 'uint8')
    const ordered = [...wide, ...entries.filter(({ dtype }) => dtype === 'uint8')]
    yield safetensorsHead(ordered.map(({ name, dtype, shape, place }) => ({ name, dtype, shape, bytes: place.bytes })))
    for (const { place } of ordered) yield* copy(place)
  },
}

/** The entries of all parts, by their full names. */
function entriesOf(parts: readonly Part[]): (Entry & { place: Place })[] {
  return parts.flatMap(({ stem, file, at, entries }) => {
    let begin = at
    return entries.map((entry) => {
      const place = { file, at: begin, bytes: entry.bytes }
      begin += entry.bytes
      return { ...entry, name: entry.name === '' ? stem : `${stem}/${entry.name}`, place }
    })
  })
}

async function* bytesAt(file: FileHandle, { at, bytes }: Place): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, bytes))
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - done), at + done)
    if (bytesRead === 0) throw new WeftError('IO', `the parts end at byte ${at + done}; start again with --verify`)
    done += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
