// A file an item, which appears whole or not at all.
import { stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { type WriteTensorOptions, writeAtomically } from '@weft/io'
import { digestOf, digestOfFile } from '../digest.ts'
import type { Placed } from '../ledger/records.ts'
import type { Folders, Item, OutputFormat } from '../outputs.ts'
import { removeTemporaries } from '../temporaries.ts'
import type { Result } from '../work.ts'
import { encodeFile } from './encode.ts'
import { type Encoded, lengthOf, type Sink } from './sink.ts'

export class FileSink implements Sink {
  readonly #folder: string
  readonly #folders: Folders
  readonly #options: WriteTensorOptions

  constructor(folder: string, folders: Folders, options: WriteTensorOptions) {
    this.#folder = folder
    this.#folders = folders
    this.#options = options
  }

  async encode(item: Item, result: Result): Promise<Encoded> {
    return { pieces: await encodeFile(item, result, extname(item.below).slice(1) as OutputFormat, this.#options) }
  }

  async put({ below }: Item, { pieces }: Encoded): Promise<Placed> {
    const path = join(this.#folder, below)
    await this.#folders.make(dirname(path))
    const hash = await digestOf(pieces)
    await writeAtomically(path, pieces)
    return { output: below, bytes: lengthOf(pieces), hash }
  }

  async holds({ output, bytes, hash }: Placed, thorough: boolean): Promise<boolean> {
    const path = join(this.#folder, output)
    const found = await stat(path).catch(() => null)
    if (found === null || !found.isFile() || found.size !== bytes) return false
    return !thorough || (await digestOfFile(path)) === hash
  }

  async begin(items: readonly Item[], owned: () => Promise<void>): Promise<void> {
    await owned()
    removeTemporaries(items.map(({ output }) => output))
  }

  async close(): Promise<void> {}
}
