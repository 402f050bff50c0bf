// The end of a process that leaves no temporary file; a file by itself, as no write of its process settles afterwards.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWrites, prefixOfTemporary, writeAtomically } from '@weft/io'
import { expect, onTestFinished, test } from 'vitest'

test('files that are being made are there when writes have ended, and no more appear', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-end-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const begun: string[] = []
  async function* endless(name: string) {
    begun.push(name)
    yield new Uint8Array([1])
    await new Promise(() => {})
  }
  let settled = 0
  const write = (name: string) => {
    const count = () => settled++
    writeAtomically(join(folder, name), endless(name)).then(count, count)
  }
  for (let index = 0; index < 40; index++) write(`${index}.bin`)
  while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await endWrites()
  const there = readdirSync(folder).sort()
  expect(there.length).toBeGreaterThan(0)
  expect(there.every((name) => prefixOfTemporary(name) !== null)).toBe(true)
  write('late.bin')
  // The threads that make files have had all of these behind them.
  for (let turn = 0; turn < 20; turn++)
    await Promise.all(Array.from({ length: 8 }, () => import('node:fs/promises').then(({ stat }) => stat(folder))))
  expect(readdirSync(folder).sort()).toEqual(there)
  expect(settled).toBe(0)
})
