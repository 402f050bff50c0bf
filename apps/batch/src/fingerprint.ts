// What an input is known by: its hash, and the size and time that say at once whether it is likely to have changed.
import { stat } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { digestOfFile, readError } from './digest.ts'
import type { Fingerprint } from './ledger/records.ts'

/** Files of many items whose hashes are kept. */
const KEPT = 64

type Stamp = Pick<Fingerprint, 'bytes' | 'mtimeMs'>

/** Fingerprints of files. One that holds many items is hashed once, as long as its size and time stay. */
export class Fingerprints {
  readonly #known = new Map<string, Promise<Fingerprint>>()

  /** @throws NOT_FOUND, IO */
  async of(path: string): Promise<Fingerprint> {
    const stamp = await stampOf(path)
    const key = `${stamp.bytes} ${stamp.mtimeMs} ${path}`
    let known = this.#known.get(key)
    if (known === undefined) {
      known = digestOfFile(path).then((hash) => ({ hash, ...stamp }))
      known.catch(() => this.#known.delete(key))
      this.#known.set(key, known)
      for (const oldest of this.#known.keys()) {
        if (this.#known.size <= KEPT) break
        this.#known.delete(oldest)
      }
    }
    return await known
  }

  /** Whether a file is still what it was: by size and time, and where the time differs or `thorough` by its bytes. */
  async same(path: string, before: Fingerprint, thorough: boolean): Promise<boolean> {
    const now = await stampOf(path).catch(() => null)
    if (now === null || now.bytes !== before.bytes) return false
    if (now.mtimeMs === before.mtimeMs && !thorough) return true
    return (await this.of(path)).hash === before.hash
  }
}

/** @throws NOT_FOUND; IO, also for what is no file: opening a pipe would wait for a writer, for ever maybe. */
export async function stampOf(path: string): Promise<Stamp> {
  const found = await stat(path).catch((cause: unknown) => {
    throw readError(path, cause)
  })
  if (!found.isFile())
    throw new WeftError('IO', `cannot read ${path}: it is a folder, a pipe or a device; give a regular file`, { path })
  return { bytes: found.size, mtimeMs: found.mtimeMs }
}
