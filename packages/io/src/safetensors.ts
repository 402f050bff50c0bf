// .safetensors: many named tensors a file. Reading.
import { type Dtype, type Tensor, WeftError } from '@weft/core'
import type { StorageOf } from './allocate.ts'
import { InputFile } from './input-file.ts'
import { nearest } from './nearest.ts'
import { type PlacedEntry, readSafetensorsHeader, SAFETENSORS_KINDS, type SafetensorsEntry } from './safetensors-header.ts'
import { readStored } from './stored-tensor.ts'
import type { ReadOptions } from './target.ts'

/**
 * An open .safetensors file: the list of its entries, and each of them on demand without the rest of the file. Entries may
 * be read at the same time. Close it, or hold it with `await using`.
 */
export class SafetensorsFile implements AsyncDisposable {
  readonly path: string
  /** In the order of the file. */
  readonly entries: readonly SafetensorsEntry[]
  /** The free texts of `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>
  readonly #file: InputFile
  readonly #placed: ReadonlyMap<string, PlacedEntry>

  private constructor(file: InputFile, entries: readonly PlacedEntry[], metadata: ReadonlyMap<string, string>) {
    this.path = file.path
    this.entries = entries.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }))
    this.metadata = metadata
    this.#file = file
    this.#placed = new Map(entries.map((entry) => [entry.name, entry]))
  }

  /**
   * Opens the file and checks its header: entries must cover the data without a gap or an overlap, and each must have the
   * bytes that its shape and type need.
   *
   * @throws NOT_FOUND or IO when it cannot be opened; FORMAT when it is damaged or cut short; TOO_LARGE for a header past
   * 100 MB or an entry past 2^30 - 1 elements.
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await InputFile.open(path)
    try {
      const { entries, metadata } = await readSafetensorsHeader(file)
      return new SafetensorsFile(file, entries, metadata)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * One entry as a row-major tensor, by the same rules as `readNpy`; BF16 is exact in float32. F32 goes from the file
   * straight into the tensor's memory.
   *
   * @throws NOT_FOUND when there is no such entry, with the names most like it; DTYPE for a type that cannot be read as
   * the one asked for.
   */
  async read<D extends Dtype = 'float32'>(name: string, options: ReadOptions<D> = {}): Promise<Tensor<StorageOf[D]>> {
    const entry = this.#placed.get(name)
    if (entry === undefined) throw this.#notFound(name)
    const { dtype, shape, position } = entry
    const label = `${this.path}, entry ${JSON.stringify(name)}`
    const kind = SAFETENSORS_KINDS.get(dtype)
    if (kind === undefined) {
      const known = [...SAFETENSORS_KINDS.keys()].join(', ')
      throw new WeftError('DTYPE', `${label}: its type ${JSON.stringify(dtype)} is not read; these are: ${known}`, {
        label,
        dtype,
      })
    }
    return await readStored(this.#file, { label, kind, shape, position, bigEndian: false, fortran: false }, options)
  }

  /** The name of the only entry. @throws NOT_FOUND when there is not exactly one. */
  only(): string {
    const names = this.entries.map(({ name }) => name)
    if (names.length === 1) return names[0]
    const problem = `${this.path} holds ${names.length} tensors; name one, as in ${this.path}:${names[0] ?? 'name'}`
    throw new WeftError('NOT_FOUND', `${problem}${listed(names.slice(0, SHOWN), names.length)}`, {
      path: this.path,
      entries: names.length,
    })
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #notFound(name: string): WeftError {
    const names = this.entries.map((entry) => entry.name)
    const message = `${this.path} has no entry ${JSON.stringify(name)}${listed(nearest(name, names, SHOWN), names.length)}`
    return new WeftError('NOT_FOUND', message, { path: this.path, entry: name, entries: names.length })
  }
}

/**
 * One entry of a .safetensors file, or its only one when `name` is left out. For several entries, `SafetensorsFile.open`
 * reads the header once.
 */
export async function readSafetensors<D extends Dtype = 'float32'>(
  path: string,
  name?: string,
  options: ReadOptions<D> = {},
): Promise<Tensor<StorageOf[D]>> {
  await using file = await SafetensorsFile.open(path)
  return await file.read(name ?? file.only(), options)
}

const SHOWN = 8

function listed(names: readonly string[], total: number): string {
  if (total === 0) return '; it has none at all'
  const quoted = names.map((name) => JSON.stringify(name)).join(', ')
  return total <= names.length ? `; it has ${quoted}` : `; of its ${total}, the nearest are ${quoted}`
}
