// An open input file: its size, and reads that fill a view to its end or fail.
import { constants, fstatSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { allocate } from './allocate.ts'
import type { Bytes } from './bytes.ts'
import { formatError, ioError, tooLarge } from './io-error.ts'

// One system call moves at most 2 GiB less a page, on every system that Node runs on.
const MAX_READ = 2 ** 30

// Without it, opening a pipe would wait for a writer. Windows has no such flag and no such pipes.
const NONBLOCK = constants.O_NONBLOCK ?? 0

export class InputFile implements Bytes, AsyncDisposable {
  readonly path: string
  /** Bytes, when the file was opened. */
  readonly size: number
  readonly #handle: FileHandle

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path
    this.size = size
    this.#handle = handle
  }

  /** @throws NOT_FOUND when there is no such file, IO when it cannot be opened or is not a regular file. */
  static async open(path: string): Promise<InputFile> {
    let handle: FileHandle | undefined
    try {
      handle = await open(path, constants.O_RDONLY | NONBLOCK)
      // Of an open file it is known at once: no thread has to be woken for it.
      const stat = fstatSync(handle.fd)
      if (!stat.isFile()) {
        throw new WeftError('IO', `cannot read ${path}: it is a folder, a pipe or a device; give a regular file`, { path })
      }
      return new InputFile(path, stat.size, handle)
    } catch (error) {
      await handle?.close()
      throw ioError(error, path, 'read')
    }
  }

  /**
   * Reads straight into `view`, which may lie in shared memory, until it is full.
   * @throws FORMAT when the file ends before, IO when the system cannot read it.
   */
  async fill(view: NodeJS.ArrayBufferView, position: number): Promise<void> {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(bytes.length - done, MAX_READ)
      const read = await this.#read(bytes, done, length, position + done)
      if (read === 0) {
        const wanted = position + bytes.length
        throw formatError(this.path, `it ends at byte ${position + done}, but ${wanted} bytes are needed: it is cut short`, {
          wanted,
        })
      }
      done += read
    }
  }

  /**
   * A few bytes of the file in memory of their own; they must all lie inside the file before room is made for them.
   * @throws FORMAT when they do not, MEMORY when there is no room.
   */
  async bytes(position: number, length: number): Promise<Uint8Array> {
    if (position + length > this.size) {
      const problem = `${length} bytes are needed at byte ${position}, but the file has ${this.size}: it is cut short or damaged`
      throw formatError(this.path, problem, { position, length, size: this.size })
    }
    const bytes = allocate(length, 'uint8')
    await this.fill(bytes, position)
    return bytes
  }

  /** The whole file. @throws TOO_LARGE past `limit` bytes. */
  async all(limit: number): Promise<Uint8Array> {
    if (this.size > limit)
      throw tooLarge(this.path, `it has ${this.size} bytes; the limit is ${limit}`, { size: this.size, limit })
    return this.bytes(0, this.size)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    try {
      return (await this.#handle.read(bytes, offset, length, position)).bytesRead
    } catch (error) {
      throw ioError(error, this.path, 'read')
    }
  }
}
