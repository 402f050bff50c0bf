import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type SharedObject, writeSharedObject } from '../../src/isa/x64/elf.ts'
import { addon } from './addon.ts'
import { run, withFile } from './tools.ts'

const SCRIPT = fileURLToPath(new URL('load.mjs', import.meta.url))
const here = `${process.platform} ${process.arch}`
const elsewhere = here === 'linux x64' ? '' : ` (skipped: it is machine code for linux x64, and this is ${here})`
const SEEN = { half: 0.5, name: 'answer', answers: [42, 42, 42] }

interface Loaded {
  main: unknown
  workers: unknown[]
  /** Address, rights and offset of each part of the object in memory. */
  mapped: [address: string, rights: string, offset: string][]
}

/** In a process of its own: a wrong object takes its process with it. */
const load = (object: SharedObject): Promise<Loaded> =>
  withFile(writeSharedObject(object), async (path) => JSON.parse((await run(process.execPath, [SCRIPT, path])).stdout) as Loaded)

const bytesOf = ([address]: Loaded['mapped'][number]): number => {
  const [start, end] = address.split('-').map((part) => Number.parseInt(part, 16))
  return (end ?? 0) - (start ?? 0)
}

describe.skipIf(elsewhere)(`Node${elsewhere}`, () => {
  it('loads the addon in the main thread and in two workers, and calls it', async () => {
    const { main, workers } = await load(addon())
    expect(main).toEqual(SEEN)
    expect(workers).toEqual([SEEN, SEEN])
  })

  it('maps it once, with nothing to write and only the text to run', async () => {
    const { mapped } = await load(addon())
    expect(mapped.map(([, rights]) => rights)).toEqual(['r--p', 'r-xp', 'r--p'])
    expect(mapped.map(bytesOf)).toEqual([4096, 4096, 4096])
  })

  it.each([4095, 4096, 4097, 300_000])('loads it with a text of %i bytes and many exports', async (bytes) => {
    const small = addon()
    const text = new Uint8Array(bytes).fill(0xcc)
    text.set(small.text)
    const more = Array.from({ length: 500 }, (_, index) => ({ name: `weft_kernel_${index}`, offset: bytes - 1 - index, size: 1 }))
    const { main, workers, mapped } = await load({ ...small, text, exports: [...more, ...small.exports] })
    expect([main, ...workers]).toEqual([SEEN, SEEN, SEEN])
    expect(mapped.map(([, rights]) => rights)).toEqual(['r--p', 'r-xp', 'r--p'])
    expect(bytesOf(mapped[1] ?? ['', '', ''])).toBe(Math.ceil(bytes / 4096) * 4096)
  })

  it('says which function is missing instead of crashing later', async () => {
    const object = addon()
    await expect(load({ ...object, imports: [...object.imports, 'napi_no_such_function'] })).rejects.toThrow(
      /undefined symbol: napi_no_such_function|napi_no_such_function: symbol not found/,
    )
  })
})
