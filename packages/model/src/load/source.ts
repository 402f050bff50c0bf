// A path or bytes to a graph, and the hash of all that it was read from.
import { createHash, type Hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { type ExternalData, externalDataBeside, noExternalData } from '../onnx/external.ts'
import { readOnnx } from '../onnx/read.ts'

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
  const hash = createHash('sha256').update(bytes)
  const external = typeof source === 'string' ? hashed(externalDataBeside(source), hash) : noExternalData
  const graph = readOnnx(bytes, name, external)
  return { graph, name, digest: hash.digest('hex') }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EISDIR') throw new WeftError('OPTION', `${path} is a folder; give an ONNX file`, { path }, { cause })
    const code = cause.code === 'ENOENT' ? 'NOT_FOUND' : 'IO'
    throw new WeftError(code, `cannot read ${path}: ${cause.message}`, { path }, { cause })
  })
}

function hashed(external: ExternalData, hash: Hash): ExternalData {
  return {
    read(entries, bytes, where) {
      const part = external.read(entries, bytes, where)
      hash.update(part)
      return part
    },
  }
}
