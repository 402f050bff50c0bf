// One file for all results: each is appended to a file of parts, in whatever order they end; joining puts them in order.
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type Shape, sameShape, Tensor, WeftError } from '@weft/core'
import { encodeNpy } from '@weft/io'
import { digestOf, digestOfFile } from '../digest.ts'
import type { Entry, Placed } from '../ledger/records.ts'
import type { Item } from '../outputs.ts'
import type { Result } from '../work.ts'
import { encodeJson } from './encode.ts'
import { type Encoded, lengthOf, type Sink } from './sink.ts'

export const JOINED_FORMATS = ['jsonl', 'npz', 'safetensors', 'npy'] as const
export type JoinedFormat = (typeof JOINED_FORMATS)[number]

export class JoinedSink implements Sink {
  readonly #format: JoinedFormat
  readonly #path: string
  #handle: FileHandle | undefined
  #end: number
  #shape: Shape | undefined
  #syncing: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  /** `path` is that of the parts; `end` is where what the ledger knows of them ends. */
  constructor(format: JoinedFormat, path: string, end: number) {
    this.#format = format
    this.#path = path
    this.#end = end
  }

  async encode(item: Item, result: Result): Promise<Encoded> {
    if (this.#format === 'jsonl') return { pieces: [encodeJson(item.id, result)] }
    if ('record' in result) {
      throw new WeftError('OPTION', `the result of ${item.id} is a record, which ${this.#format} does not hold; write a .jsonl`)
    }
    const named: [string, Tensor][] = result instanceof Tensor ? [['', result]] : Object.entries(result.tensors)
    if (this.#format === 'npy') this.#expectStackable(item, named)
    const pieces: Uint8Array[] = []
    const entries = named.map(([name, tensor]): Entry => {
      const npy = encodeNpy(tensor, item.id)
      const own = this.#format === 'npz' ? npy : npy.slice(1)
      pieces.push(...own)
      const crc = this.#format === 'npz' ? own.reduce((sum, piece) => crc32(piece, sum), 0) : 0
      return { name, dtype: tensor.dtype, shape: [...tensor.shape], bytes: lengthOf(own), crc }
    })
    return { pieces, entries }
  }

  async put({ below }: Item, { pieces, entries }: Encoded): Promise<Placed> {
    const handle = this.#handle as FileHandle
    const [at, bytes] = [this.#end, lengthOf(pieces)]
    this.#end += bytes
    const hash = await digestOf(pieces)
    try {
      let position = at
      for (const piece of pieces) position += await writeAll(handle, piece, position)
      await this.#durable()
    } catch (cause) {
      throw new WeftError('IO', `cannot write ${this.#path}: ${(cause as Error).message}`, { path: this.#path }, { cause })
    }
    return { output: below, bytes, hash, offset: at, ...(entries === undefined ? {} : { entries }) }
  }

  async holds({ offset, bytes, hash }: Placed, thorough: boolean): Promise<boolean> {
    const handle = await open(this.#path, 'r').catch(() => null)
    if (handle === null || offset === undefined) return false
    const { size } = await handle.stat()
    await handle.close()
    if (size < offset + bytes) return false
    return !thorough || (await digestOfFile(this.#path, offset, bytes)) === hash
  }

  /** What a killed run wrote and did not enter into the ledger is cut off. */
  async begin(_: readonly Item[], owned: () => Promise<void>): Promise<void> {
    await (await open(this.#path, 'a')).close()
    const handle = await open(this.#path, 'r+')
    this.#handle = handle
    // Asked once it is open: a later owner writes to another file of that name.
    await owned()
    await handle.truncate(this.#end)
  }

  async close(): Promise<void> {
    await this.#handle?.close()
  }

  /** One flush serves all that were written before it began. */
  #durable(): Promise<void> {
    this.#next ??= this.#syncing.then(() => {
      this.#next = undefined
      this.#syncing = (this.#handle as FileHandle).datasync()
      return this.#syncing
    })
    return this.#next
  }

  #expectStackable({ id }: Item, named: readonly [string, Tensor][]): void {
    const [, { shape, dtype }] = named[0] as [string, Tensor]
    const first = this.#shape ?? shape
    this.#shape = first
    if (named.length === 1 && dtype === 'float32' && sameShape(shape, first)) return
    const [these, others] = [`(${shape.join(', ')}) of ${dtype}`, `(${first.join(', ')})`]
    throw new WeftError('SHAPE', `the result of ${id} is ${these}, others are ${others}: a stack takes one shape; write .npz`, {
      shape,
    })
  }
}

async function writeAll(handle: FileHandle, piece: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < piece.length; ) {
    done += (await handle.write(piece, done, Math.min(piece.length - done, 2 ** 30), position + done)).bytesWritten
  }
  return piece.length
}
