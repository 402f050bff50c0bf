// Reading an item: the whole of a file, or the part of it that the item is.
import type { Tensor } from '@weft/core'
import { DEFAULT_MAX_PIXELS, NpzFile, readNpySlice, readTensor, SafetensorsFile } from '@weft/io'
import { Cache } from '../cache.ts'
import type { Fingerprint } from '../ledger/records.ts'
import type { ReadRequest } from '../work.ts'
import type { Input } from './inputs.ts'

/** Archives that stay open: each entry would else read the list of all. */
const OPEN = 8

export class Reader {
  readonly #archives = new Cache<NpzFile | SafetensorsFile>(OPEN)
  readonly #maxPixels: number

  constructor(maxPixels = DEFAULT_MAX_PIXELS) {
    this.#maxPixels = maxPixels
  }

  /** An archive that was replaced has another fingerprint, and is opened anew. @throws what reading throws */
  async read(
    { path, part }: Input,
    { hash }: Fingerprint,
    { channels, frame, into }: ReadRequest,
  ): Promise<Tensor<Float32Array>> {
    if (part?.kind === 'slice') return await readNpySlice(path, part.axis, part.index, { into })
    if (part?.kind === 'entry') {
      const open = (): Promise<NpzFile | SafetensorsFile> =>
        /\.npz$/i.test(path) ? NpzFile.open(path) : SafetensorsFile.open(path)
      return await this.#archives.with(`${hash} ${path}`, open, (archive) => archive.read(part.name, { into }))
    }
    const page = part?.kind === 'page' ? part.index : undefined
    return await readTensor(path, { channels, frame, into, maxPixels: this.#maxPixels, page })
  }

  async close(): Promise<void> {
    await this.#archives.clear()
  }
}
