// Writing a file so that its name only ever shows all of it: a temporary file beside it, flushed, then renamed.
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { WeftError } from '@weft/core'
import { ioError } from './io-error.ts'

/** The bytes of a file, whole or piece by piece. Views of shared memory are written as they are. */
export type Content = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

const MARK = '.weft-tmp-'
const TEMPORARY = /^(\..*\.weft-tmp-)[0-9a-f]{16}$/s
const MAX_WRITE = 2 ** 30

/** Temporary files that are being made, and whether none is any more. */
const opening = new Set<Promise<unknown>>()
let ending = false

// Keeps the temporary name under the 255 bytes that file systems allow, whatever the characters.
const KEPT_OF_NAME = 60
const KEPT_OF_HASH = 12

/**
 * Writes `content` to `path`, or changes nothing: it goes to `.name.weft-tmp-<random>` in the same folder, is flushed to
 * the disk and takes the place of `path` by a rename. On a failure, also one of the content, the temporary file is removed.
 * A link at `path` is replaced, not followed; the new file has the permissions of any new file.
 *
 * @throws NOT_FOUND when the folder is not there, IO when writing fails or `path` is a folder, a pipe or a device.
 */
export async function writeAtomically(path: string, content: Content): Promise<void> {
  let temporary: string | undefined
  let handle: FileHandle | undefined
  try {
    await expectReplaceable(path)
    const name = join(dirname(path), `${temporaryPrefix(path)}${randomBytes(8).toString('hex')}`)
    handle = await opened(name)
    temporary = name
    for await (const chunk of content instanceof Uint8Array ? [content] : content) await writeAll(handle, chunk)
    await handle.sync()
    await handle.close()
    handle = undefined
    await rename(name, path)
    temporary = undefined
  } catch (error) {
    await handle?.close().catch(() => {})
    if (temporary !== undefined) await unlink(temporary).catch(() => {})
    throw ioError(error, path, 'write')
  }
  await flushFolder(dirname(path))
}

/**
 * For a process that ends at once and removes its temporary files: no write begins one any more, nor settles; the promise settles
 * when those that threads were making are there.
 */
export async function endWrites(): Promise<void> {
  ending = true
  await Promise.allSettled(opening)
}

/**
 * What the names of the temporary files of one output begin with, when a file name is one of `writeAtomically`'s; else null. A
 * killed process leaves them behind; who writes that output may delete them.
 */
export function prefixOfTemporary(name: string): string | null {
  return TEMPORARY.exec(name)?.[1] ?? null
}

/** What the names of the temporary files of `path` begin with: its own name, or of a long one the beginning and a hash. */
export function temporaryPrefix(path: string): string {
  const name = basename(path)
  if (name.length <= KEPT_OF_NAME) return `.${name}${MARK}`
  const hash = createHash('sha256').update(name).digest('hex').slice(0, KEPT_OF_HASH)
  return `.${name.slice(0, KEPT_OF_NAME - KEPT_OF_HASH)}${hash}${MARK}`
}

/** The bytes behind a typed array, without a copy. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function opened(name: string): Promise<FileHandle> {
  if (ending) return new Promise(() => {})
  const made = open(name, 'wx')
  const forget = () => opening.delete(made)
  opening.add(made)
  made.then(forget, forget)
  return made
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += (await handle.write(chunk, done, Math.min(chunk.length - done, MAX_WRITE))).bytesWritten
  }
}

// A rename would put a plain file in the place of a device such as /dev/null.
async function expectReplaceable(path: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined)
  if (existing !== undefined && !existing.isFile()) {
    throw new WeftError('IO', `cannot write ${path}: a folder, a pipe or a device has that name`, { path })
  }
}

// Makes the rename itself last through a power cut. Not every system can open a folder, and the file is whole without it.
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close().catch(() => {})
}
