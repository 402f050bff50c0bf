// .npz: a zip archive of .npy files, numpy's savez and savez_compressed.
import { type Dtype, type Tensor, WeftError } from '@weft/core'
import type { StorageOf } from './allocate.ts'
import { InputFile } from './input-file.ts'
import { nearest } from './nearest.ts'
import { readNpyHeader } from './npy-header.ts'
import { readStored } from './stored-tensor.ts'
import type { ReadOptions } from './target.ts'
import { openZipEntry, readZipDirectory, type ZipEntry } from './zip.ts'

const SUFFIX = '.npy'

/** An open .npz file: its entries by name, each read without the others. Close it, or hold it with `await using`. */
export class NpzFile implements AsyncDisposable {
  readonly path: string
  /** In the order of the file, without `.npy`. */
  readonly names: readonly string[]
  readonly #file: InputFile
  readonly #entries: ReadonlyMap<string, ZipEntry>

  private constructor(file: InputFile, entries: ReadonlyMap<string, ZipEntry>) {
    this.path = file.path
    this.names = [...entries.keys()]
    this.#file = file
    this.#entries = entries
  }

  /** @throws NOT_FOUND or IO when it cannot be opened; FORMAT when its directory is damaged or has a name twice. */
  static async open(path: string): Promise<NpzFile> {
    const file = await InputFile.open(path)
    try {
      const entries = new Map<string, ZipEntry>()
      for (const entry of await readZipDirectory(file)) {
        if (!entry.name.endsWith(SUFFIX)) continue
        const name = entry.name.slice(0, -SUFFIX.length)
        if (entries.has(name))
          throw new WeftError('FORMAT', `${path} has the entry ${JSON.stringify(name)} twice`, { path, name })
        entries.set(name, entry)
      }
      return new NpzFile(file, entries)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * One entry, by the rules of `readNpy`. What is not compressed goes from the file straight into the tensor's memory; a
   * compressed entry is inflated whole.
   * @throws NOT_FOUND when there is no such entry, FORMAT when it is damaged, and what `readNpy` throws.
   */
  async read<D extends Dtype = 'float32'>(name: string, options: ReadOptions<D> = {}): Promise<Tensor<StorageOf[D]>> {
    const entry = this.#entries.get(name)
    if (entry === undefined) {
      const near = nearest(name, this.names, 8).map((one) => JSON.stringify(one))
      const known = near.length === 0 ? 'it has none at all' : `the nearest of its ${this.names.length} are ${near.join(', ')}`
      throw new WeftError('NOT_FOUND', `${this.path} has no entry ${JSON.stringify(name)}; ${known}`, {
        path: this.path,
        entry: name,
      })
    }
    const bytes = await openZipEntry(this.#file, entry)
    return await readStored(bytes, await readNpyHeader(bytes), options)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** One entry of a .npz file, or its only one when `name` is left out. */
export async function readNpz<D extends Dtype = 'float32'>(
  path: string,
  name?: string,
  options: ReadOptions<D> = {},
): Promise<Tensor<StorageOf[D]>> {
  await using file = await NpzFile.open(path)
  if (name === undefined && file.names.length !== 1) {
    const problem = `${path} holds ${file.names.length} tensors; name one, as in ${path}:${file.names[0] ?? 'name'}`
    throw new WeftError('NOT_FOUND', problem, { path, entries: file.names.length })
  }
  return await file.read(name ?? file.names[0], options)
}
