// Reading an item: the whole of a file, or the part of it that the item is.
import type { Tensor } from '@weft/core'
import { DEFAULT_MAX_PIXELS, readNpySlice, readTensor } from '@weft/io'
import type { ReadRequest } from '../work.ts'
import type { Input } from './inputs.ts'

export async function readInput(
  { path, part }: Input,
  { channels, into }: ReadRequest,
  maxPixels = DEFAULT_MAX_PIXELS,
): Promise<Tensor<Float32Array>> {
  if (part?.kind === 'slice') return await readNpySlice(path, part.axis, part.index, { into })
  const entry = part?.kind === 'entry' ? part.name : undefined
  const page = part?.kind === 'page' ? part.index : undefined
  return await readTensor(path, { channels, into, maxPixels, entry, page })
}
