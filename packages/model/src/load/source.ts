// A path or bytes to a graph, and the hash of all that it was read from.
import { createHash, type Hash, webcrypto } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { type ExternalData, externalDataBeside, noExternalData } from '../onnx/external.ts'
import { readOnnx } from '../onnx/read.ts'

/** Bytes of a file that another thread is given a copy of. */
const MOST_COPIED = 2 ** 26

export interface Source {
  readonly graph: Graph
  /** What sentences call it. */
  readonly name: string
  /** SHA-256 of the file, then of the parts of files beside it in the order in which they were read; hexadecimal. */
  readonly digest: string
}

/** @throws NOT_FOUND, OPTION for a folder, IO, FORMAT, MODEL, TOO_LARGE */
export async function readSource(source: string | Uint8Array): Promise<Source> {
  const bytes = typeof source === 'string' ? await bytesOf(source) : source
  const name = typeof source === 'string' ? basename(source) : 'the model'
  const alone = hashOf(bytes, typeof source === 'string' && bytes.length <= MOST_COPIED)
  let whole: Hash | undefined
  const hear = (part: Uint8Array): void => {
    whole ??= createHash('sha256').update(bytes)
    whole.update(part)
  }
  const external = typeof source === 'string' ? told(externalDataBeside(source), hear) : noExternalData
  const graph = readOnnx(bytes, name, external)
  return { graph, name, digest: whole?.digest('hex') ?? (await alone()) }
}

/** Asked for at once, where another thread may hash a copy of the bytes meanwhile; else when it is called. */
function hashOf(bytes: Uint8Array, elsewhere: boolean): () => Promise<string> {
  const hashing = elsewhere ? webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>) : null
  return async () =>
    hashing === null ? createHash('sha256').update(bytes).digest('hex') : Buffer.from(await hashing).toString('hex')
}

/** In one read: a thread is asked for it once. */
async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    // What is no regular file, or is more than a read gives, is read in pieces.
    if (size === 0 || size >= 2 ** 31) return await readFile(path)
    const bytes = Buffer.allocUnsafeSlow(size)
    return (await file.read(bytes, 0, size, 0)).bytesRead === size ? bytes : await readFile(path)
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    if (cause.code === 'EISDIR') throw new WeftError('OPTION', `${path} is a folder; give an ONNX file`, { path }, { cause })
    const code = cause.code === 'ENOENT' ? 'NOT_FOUND' : 'IO'
    throw new WeftError(code, `cannot read ${path}: ${cause.message}`, { path }, { cause })
  }
}

function told(external: ExternalData, hear: (part: Uint8Array) => void): ExternalData {
  return {
    read(entries, bytes, where) {
      const part = external.read(entries, bytes, where)
      hear(part)
      return part
    },
  }
}
