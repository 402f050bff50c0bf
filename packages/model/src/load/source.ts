// A path or bytes to a graph.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { externalDataBeside, noExternalData } from '../onnx/external.ts'
import { readOnnx } from '../onnx/read.ts'

/** @throws NOT_FOUND, IO, FORMAT, MODEL, TOO_LARGE */
export async function readSource(source: string | Uint8Array): Promise<{ graph: Graph; name: string }> {
  if (typeof source !== 'string') return { graph: readOnnx(source, 'the model', noExternalData), name: 'the model' }
  const bytes = await readFile(source).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'NOT_FOUND' : 'IO'
    throw new WeftError(code, `cannot read ${source}: ${cause.message}`, { path: source }, { cause })
  })
  const name = basename(source)
  return { graph: readOnnx(bytes, name, externalDataBeside(source)), name }
}
