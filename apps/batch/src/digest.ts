// SHA-256 of bytes and of files, without holding the event loop for long.
import { createHash } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { WeftError } from '@weft/core'

/** About three milliseconds of hashing. */
const SLAB = 2 ** 22
const CHUNK = 2 ** 20

/** Of the pieces one after the other, in hexadecimal digits. */
export async function digestOf(pieces: readonly Uint8Array[]): Promise<string> {
  const hash = createHash('sha256')
  let since = 0
  for (const piece of pieces) {
    for (let begin = 0; begin < piece.length; begin += SLAB) {
      const slab = piece.subarray(begin, begin + SLAB)
      if (since + slab.length > SLAB) {
        await turn()
        since = 0
      }
      hash.update(slab)
      since += slab.length
    }
  }
  return hash.digest('hex')
}

/** Of a file, or of its bytes [begin, begin + length). @throws IO, NOT_FOUND */
export async function digestOfFile(path: string, begin = 0, length = Number.POSITIVE_INFINITY): Promise<string> {
  const hash = createHash('sha256')
  try {
    await using file = await open(path, 'r')
    // Of an open file it is known at once; to ask a thread for it takes longer than to hash many a file.
    const end = Math.min(begin + length, fstatSync(file.fd).size)
    const buffer = Buffer.allocUnsafe(Math.min(end - begin, CHUNK))
    for (let at = begin; at < end; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
  } catch (cause) {
    throw readError(path, cause)
  }
  return hash.digest('hex')
}

/** NOT_FOUND when there is no such file, else IO. */
export function readError(path: string, cause: unknown): WeftError {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
  const problem = missing ? 'it is not there' : (cause as Error).message
  return new WeftError(missing ? 'NOT_FOUND' : 'IO', `cannot read ${path}: ${problem}`, { path }, { cause })
}
