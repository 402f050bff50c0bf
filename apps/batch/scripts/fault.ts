// Faults put into a process from outside, by `node --import` of this file and WEFT_FAULT: `full:BYTES` (no room after so many),
// `read:P` and `write:P` (one in P fails), `worker:MS` (worker threads end within so many milliseconds); `:SEED` may follow.
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'

const [kind, amount, seed] = (process.env.WEFT_FAULT ?? '').split(':')
let state = Number(seed ?? 1)
let room = Number(amount)

/** Most workers are at work by then. */
const STARTED_MS = 100

/** The same for the same seed; from 0 to 1. */
function chance(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: put in by a test`), { code })
}

/** Fails, or lets so many bytes pass. */
function expectRoom(bytes: number): void {
  if (kind === 'write' && chance() < 1 / Number(amount)) throw failure('EIO')
  if (kind !== 'full') return
  if (bytes > room) throw failure('ENOSPC')
  room -= bytes
}

if (threads.isMainThread && kind !== '') {
  const handle = await open(process.execPath)
  const { write, read } = Object.getPrototypeOf(handle)
  await handle.close()
  Object.assign(Object.getPrototypeOf(handle), {
    async write(this: unknown, bytes: Uint8Array, ...rest: unknown[]) {
      expectRoom(bytes.length)
      return await write.call(this, bytes, ...rest)
    },
    async read(this: unknown, ...rest: unknown[]) {
      if (kind === 'read' && chance() < 1 / Number(amount)) throw failure('EIO')
      return await read.apply(this, rest)
    },
  })
  const { read: readInto, writeSync } = fs
  const faultyRead = (...args: Parameters<typeof readInto>): void => {
    if (kind === 'read' && chance() < 1 / Number(amount)) process.nextTick(args[args.length - 1] as () => void, failure('EIO'))
    else readInto(...args)
  }
  // What `promisify` gives for it is kept with it.
  Object.defineProperties(faultyRead, Object.getOwnPropertyDescriptors(readInto))
  Object.assign(fs, {
    read: faultyRead,
    writeSync(fd: number, bytes: Uint8Array, ...rest: number[]) {
      if (fd > 2) expectRoom(bytes.length)
      return writeSync(fd, bytes, ...rest)
    },
  })
  if (kind === 'worker') {
    threads.Worker = class extends threads.Worker {
      constructor(...options: ConstructorParameters<typeof threads.Worker>) {
        super(...options)
        setTimeout(() => void this.terminate(), STARTED_MS + chance() * Number(amount)).unref()
      }
    }
  }
  syncBuiltinESMExports()
}
