// Where results go: the contract of sinks, and the one that writes a file an item.
import { readdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Tensor } from '@weft/core'
import { formatOf, prefixOfTemporary, temporaryPrefix, type WriteTensorOptions, writeAtomically } from '@weft/io'
import { digestOf, digestOfFile } from './digest.ts'
import type { Placed } from './ledger/records.ts'
import type { Folders, Item } from './outputs.ts'

export interface Sink {
  /** The bytes of a result. */
  encode(item: Item, result: Tensor): Promise<readonly Uint8Array[]>
  /** Puts them where they belong; once it resolves they outlast a power cut. */
  put(item: Item, pieces: readonly Uint8Array[]): Promise<Placed>
  /** Whether what was put is still there, by its size, and by its hash where `thorough`. */
  holds(placed: Placed, thorough: boolean): Promise<boolean>
  /** Removes what runs that were killed left of these items. */
  sweep(items: readonly Item[]): Promise<void>
}

/** A file an item, which appears whole or not at all. */
export class FileSink implements Sink {
  readonly #folder: string
  readonly #folders: Folders
  readonly #options: WriteTensorOptions

  constructor(folder: string, folders: Folders, options: WriteTensorOptions) {
    this.#folder = folder
    this.#folders = folders
    this.#options = options
  }

  async encode({ below }: Item, result: Tensor): Promise<readonly Uint8Array[]> {
    return await formatOf(below).encode(asWritten(result, below), this.#options)
  }

  async put({ below }: Item, pieces: readonly Uint8Array[]): Promise<Placed> {
    const path = join(this.#folder, below)
    await this.#folders.make(dirname(path))
    const hash = await digestOf(pieces)
    await writeAtomically(path, pieces)
    return { output: below, bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), hash }
  }

  async holds({ output, bytes, hash }: Placed, thorough: boolean): Promise<boolean> {
    const path = join(this.#folder, output)
    const found = await stat(path).catch(() => null)
    if (found === null || !found.isFile() || found.size !== bytes) return false
    return !thorough || (await digestOfFile(path)) === hash
  }

  /** Only names that these items would give: another run may be writing beside them. */
  async sweep(items: readonly Item[]): Promise<void> {
    const prefixes = new Map<string, Set<string>>()
    for (const { below } of items) {
      const [folder, prefix] = [dirname(below), temporaryPrefix(below)]
      prefixes.set(folder, (prefixes.get(folder) ?? new Set()).add(prefix))
    }
    for (const [folder, own] of prefixes) {
      const path = join(this.#folder, folder)
      const names = await readdir(path).catch(() => [])
      for (const name of names) {
        const prefix = prefixOfTemporary(name)
        if (prefix !== null && own.has(prefix)) await unlink(join(path, name)).catch(() => {})
      }
    }
  }
}

/** A picture has no batch axis: one item is written as itself. */
function asWritten(tensor: Tensor, path: string): Tensor {
  const single = tensor.rank === 4 && tensor.shape[0] === 1 && !/\.(npy|safetensors)$/.test(path)
  return single ? tensor.at(0) : tensor
}
