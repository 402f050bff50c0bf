// Bytes that can be read at any place: a file, a window of one, or memory.
import { formatError } from './io-error.ts'

export interface Bytes {
  /** For messages. */
  readonly path: string
  readonly size: number
  /** Reads straight into `view` until it is full. @throws FORMAT when they end before, IO */
  fill(view: NodeJS.ArrayBufferView, position: number): Promise<void>
  /** A few of them in memory of their own. @throws FORMAT when they do not all lie inside, MEMORY */
  bytes(position: number, length: number): Promise<Uint8Array>
}

/** Bytes [begin, begin + size) of others. The caller has checked that they lie inside. */
export function windowOf(bytes: Bytes, path: string, begin: number, size: number): Bytes {
  return {
    path,
    size,
    fill: (view, position) => bytes.fill(view, begin + position),
    bytes: async (position, length) => {
      expectInside(path, size, position, length)
      return await bytes.bytes(begin + position, length)
    },
  }
}

export function inMemory(path: string, memory: Uint8Array): Bytes {
  return {
    path,
    size: memory.length,
    fill: async (view, position) => {
      expectInside(path, memory.length, position, view.byteLength)
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(memory.subarray(position, position + view.byteLength))
    },
    bytes: async (position, length) => {
      expectInside(path, memory.length, position, length)
      return memory.slice(position, position + length)
    },
  }
}

function expectInside(path: string, size: number, position: number, length: number): void {
  if (position + length <= size) return
  const problem = `${length} bytes are needed at byte ${position}, but it has ${size}: it is cut short or damaged`
  throw formatError(path, problem, { position, length, size })
}
