// The end of a process that leaves no temporary file; a test file by itself, as no write of its process settles afterwards.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { endWrites, prefixOfTemporary, writeAtomically } from '@weft/io'
import { expect, onTestFinished, test, vi } from 'vitest'

/** Files are made when the test says so, as by threads that have much before them. */
const making = vi.hoisted(() => {
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
  return { asked: 0, allowed, allow }
})
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const late = async (...args: Parameters<typeof open>) => {
    making.asked++
    await making.allowed
    return await real.open(...args)
  }
  return { ...real, open: late }
})

test('writes end when files that are being made are there, and no more appear', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-end-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  async function* endless() {
    yield new Uint8Array([1])
    await new Promise(() => {})
  }
  let [settled, ended] = [0, false]
  const write = (name: string) => {
    const count = () => settled++
    writeAtomically(join(folder, name), endless()).then(count, count)
  }
  for (const name of ['a.bin', 'b.bin']) write(name)
  while (making.asked < 2) await turn()
  const end = endWrites().then(() => {
    ended = true
  })
  write('late.bin')
  for (let index = 0; index < 10; index++) await turn()
  expect([ended, readdirSync(folder)]).toEqual([false, []])
  making.allow()
  await end
  const there = readdirSync(folder)
  expect(there.map((name) => prefixOfTemporary(name)).sort()).toEqual(['.a.bin.weft-tmp-', '.b.bin.weft-tmp-'])
  for (let index = 0; index < 100; index++) await turn()
  expect([readdirSync(folder), making.asked, settled]).toEqual([there, 2, 0])
})
