// Reading an item: the whole of a file, or the part of it that the item is.
import { type Tensor, WeftError } from '@weft/core'
import { DEFAULT_MAX_PIXELS, decodeImage, isVideo, NpzFile, readNpySlice, readTensor, SafetensorsFile } from '@weft/io'
import { Cache } from '../cache.ts'
import type { Fingerprint } from '../ledger/records.ts'
import type { ReadRequest } from '../work.ts'
import type { Input } from './inputs.ts'
import { Videos } from './videos.ts'

/** Archives that stay open: each entry would else read the list of all. */
const OPEN = 8

const ARCHIVE = /\.(npz|safetensors)$/i

/** What an item is read from: what its file is known by, and the bytes of a picture that were read with it. */
export interface Source {
  readonly input: Fingerprint
  readonly bytes: Uint8Array | null
}

export class Reader {
  readonly #archives = new Cache<NpzFile | SafetensorsFile>(OPEN)
  readonly #videos: Videos
  readonly #maxPixels: number

  /** `items` are those that will be read: of a video the frames among them are decoded in one go. */
  constructor(items: readonly Input[], maxPixels = DEFAULT_MAX_PIXELS) {
    this.#videos = new Videos(items, maxPixels)
    this.#maxPixels = maxPixels
  }

  /** An archive that was replaced has another fingerprint, and is opened anew. @throws what reading throws */
  async read(
    { path, part }: Input,
    { input: { hash }, bytes }: Source,
    { channels, frame, levels, into }: ReadRequest,
  ): Promise<Tensor<Float32Array>> {
    if (part?.kind === 'slice') return await readNpySlice(path, part.axis, part.index, { into })
    if (part?.kind === 'entry') return await this.#archive(path, hash, (archive) => archive.read(part.name, { into }))
    if (part?.kind === 'frame') return await this.#videos.read(path, part.index, hash, { channels, frame, levels, into })
    if (isVideo(path)) throw new WeftError('OPTION', `${path} holds many frames: name one, ${path}#0, or leave its id out`)
    if (bytes !== null)
      return await decodeImage(bytes, { label: path, channels, frame, levels, into, maxPixels: this.#maxPixels })
    const page = part?.kind === 'page' ? part.index : undefined
    return await readTensor(path, { channels, frame, levels, into, maxPixels: this.#maxPixels, page })
  }

  /** Several tensors of one archive. @throws OPTION for a file that is none, and what reading throws */
  async readNamed(
    { path }: Input,
    { hash }: Fingerprint,
    names: readonly string[],
    taker: string,
  ): Promise<Record<string, Tensor<Float32Array>>> {
    if (!ARCHIVE.test(path)) {
      const problem = `${taker} takes ${names.join(', ')}; give .npz or .safetensors files with entries of these names`
      throw new WeftError('OPTION', `${path} is one tensor or picture: ${problem}`, { path })
    }
    return await this.#archive(path, hash, async (archive) => {
      const tensors: [string, Tensor<Float32Array>][] = []
      for (const name of names) tensors.push([name, await archive.read(name)])
      return Object.fromEntries(tensors)
    })
  }

  #archive<T>(path: string, hash: string, work: (archive: NpzFile | SafetensorsFile) => Promise<T>): Promise<T> {
    const open = (): Promise<NpzFile | SafetensorsFile> =>
      /\.npz$/i.test(path) ? NpzFile.open(path) : SafetensorsFile.open(path)
    return this.#archives.with(`${hash} ${path}`, open, work)
  }

  async close(): Promise<void> {
    await Promise.all([this.#archives.clear(), this.#videos.close()])
  }
}
