// A path or bytes to a graph, and the hash of all that it was read from.
import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { type ExternalData, externalDataBeside, noExternalData } from '../onnx/external.ts'
import { readOnnx } from '../onnx/read.ts'

/** A piece of a file is hashed while the next one is read. */
const PIECE = 2 ** 22

export interface Source {
  readonly graph: Graph
  /** What sentences call it. */
  readonly name: string
  /** SHA-256 of the file, then of the parts of files beside it in the order in which they were read; hexadecimal. */
  readonly digest: string
}

/** @throws NOT_FOUND, OPTION for a folder, IO, FORMAT, MODEL, TOO_LARGE */
export async function readSource(source: string | Uint8Array): Promise<Source> {
  const hash = createHash('sha256')
  const bytes = typeof source === 'string' ? await bytesOf(source, hash) : source
  if (typeof source !== 'string') hash.update(bytes)
  const name = typeof source === 'string' ? basename(source) : 'the model'
  const external = typeof source === 'string' ? told(externalDataBeside(source), (part) => hash.update(part)) : noExternalData
  const graph = readOnnx(bytes, name, external)
  return { graph, name, digest: hash.digest('hex') }
}

/** The whole file, which `hash` has seen then. */
async function bytesOf(path: string, hash: Hash): Promise<Uint8Array> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    // What is no regular file has no size, and a buffer of more than this is none.
    if (size === 0 || size >= 2 ** 31) return seen(await file.readFile(), hash)
    const bytes = Buffer.allocUnsafeSlow(size)
    const read = (at: number) => file.read(bytes, at, Math.min(PIECE, size - at), at)
    let next = read(0)
    for (let at = 0; at < size; ) {
      const { bytesRead } = await next
      // It became shorter meanwhile: what is left of it is no network, and says so itself.
      if (bytesRead === 0) return bytes.subarray(0, at)
      const piece = bytes.subarray(at, at + bytesRead)
      at += bytesRead
      if (at < size) next = read(at)
      hash.update(piece)
    }
    return bytes
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    if (cause.code === 'EISDIR') throw new WeftError('OPTION', `${path} is a folder; give an ONNX file`, { path }, { cause })
    const code = cause.code === 'ENOENT' ? 'NOT_FOUND' : 'IO'
    throw new WeftError(code, `cannot read ${path}: ${cause.message}`, { path }, { cause })
  }
}

function seen(bytes: Uint8Array, hash: Hash): Uint8Array {
  hash.update(bytes)
  return bytes
}

function told(external: ExternalData, hear: (part: Uint8Array) => void): ExternalData {
  return {
    ...external,
    read(entries, bytes, where) {
      const part = external.read(entries, bytes, where)
      hear(part)
      return part
    },
  }
}
