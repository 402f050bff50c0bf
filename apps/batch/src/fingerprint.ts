// What an input is known by: its hash, and the size and time that say at once whether it is likely to have changed.
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, open, read, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { WeftError } from '@weft/core'
import { digestOfFile, readError } from './digest.ts'
import type { Fingerprint } from './ledger/records.ts'

const [opened, readInto] = [promisify(open), promisify(read)]

// Without it, opening a pipe would wait for a writer. Windows has no such flag and no such pipes.
const NONBLOCK = constants.O_NONBLOCK ?? 0

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
  return stampFrom(path, found)
}

function stampFrom(path: string, found: Stats): Stamp {
  if (!found.isFile())
    throw new WeftError('IO', `cannot read ${path}: it is a folder, a pipe or a device; give a regular file`, { path })
  return { bytes: found.size, mtimeMs: found.mtimeMs }
}

/** What an input was is not what it is now. */
export function changed(path: string): WeftError {
  return new WeftError('IO', `${path} changed while it was read; it is done when the command is started again`, { path })
}

/**
 * A file and what it is known by, read in one go; null when it has more than `most` bytes.
 * @throws NOT_FOUND; IO, also when it changes meanwhile
 */
export async function readWhole(path: string, most: number): Promise<{ input: Fingerprint; bytes: Uint8Array } | null> {
  const fd = await opened(path, constants.O_RDONLY | NONBLOCK).catch((cause: unknown) => {
    throw readError(path, cause)
  })
  // Of an open file all is known at once; to ask a thread for it takes longer than to read many a file.
  try {
    const stamp = stampFrom(path, fstatSync(fd))
    if (stamp.bytes > most) return null
    const bytes = Buffer.allocUnsafeSlow(stamp.bytes)
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await readInto(fd, bytes, done, bytes.length - done, done)
      if (bytesRead === 0) throw changed(path)
      done += bytesRead
    }
    const after = fstatSync(fd)
    if (after.size !== stamp.bytes || after.mtimeMs !== stamp.mtimeMs) throw changed(path)
    return { input: { hash: createHash('sha256').update(bytes).digest('hex'), ...stamp }, bytes }
  } catch (cause) {
    throw cause instanceof WeftError ? cause : readError(path, cause)
  } finally {
    closeSync(fd)
  }
}
