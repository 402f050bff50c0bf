// Files appear whole or not at all, and nothing is left beside them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Tensor } from '@weft/core'
import { prefixOfTemporary, temporaryPrefix, writeAtomically, writeNpy, writeSafetensors, writeTensor } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { expectError, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

function folder(name: string): string {
  mkdirSync(at(name))
  return at(name)
}

test('writes bytes, pieces of bytes and pieces that come in time', async () => {
  const here = folder('contents')
  async function* inTime(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1, 2)
    await Promise.resolve()
    yield Uint8Array.of(3)
  }
  for (const content of [Uint8Array.of(1, 2, 3), [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)], inTime()]) {
    await writeAtomically(`${here}/file`, content)
    expect([...readFileSync(`${here}/file`)]).toEqual([1, 2, 3])
  }
  expect(readdirSync(here)).toEqual(['file'])
})

test('while it is written, the old file stays, and the new one has a name that says what it is', async () => {
  const here = folder('meanwhile')
  writeFileSync(`${here}/file.npy`, 'old')
  let seen: string[] = []
  function* watching(): Generator<Uint8Array> {
    yield Buffer.from('ne')
    seen = readdirSync(here)
    expect(readFileSync(`${here}/file.npy`, 'utf8')).toBe('old')
    yield Buffer.from('w')
  }
  await writeAtomically(`${here}/file.npy`, watching())
  expect(readFileSync(`${here}/file.npy`, 'utf8')).toBe('new')
  expect(seen).toHaveLength(2)
  const temporary = seen.find((name) => name !== 'file.npy') ?? ''
  expect(temporary).toMatch(/^\.file\.npy\.weft-tmp-[0-9a-f]{16}$/)
  expect(seen.map(prefixOfTemporary).filter((prefix) => prefix !== null)).toEqual([temporaryPrefix('any/file.npy')])
})

describe('after a failure nothing is left and the old file is as it was', () => {
  test('of the content', async () => {
    const here = folder('failing')
    writeFileSync(`${here}/file`, 'old')
    function* failing(): Generator<Uint8Array> {
      yield Buffer.from('half')
      throw new Error('no more')
    }
    await expectError(writeAtomically(`${here}/file`, failing()), 'IO', /cannot write .*file: no more/)
    expect(readdirSync(here)).toEqual(['file'])
    expect(readFileSync(`${here}/file`, 'utf8')).toBe('old')
  })

  test('of the rename: a folder has the name by then', async () => {
    const here = folder('renaming')
    function* late(): Generator<Uint8Array> {
      yield Buffer.from('x')
      mkdirSync(`${here}/file`)
    }
    await expectError(writeAtomically(`${here}/file`, late()), 'IO')
    expect(readdirSync(here)).toEqual(['file'])
  })

  test('of the target: a folder or a pipe has the name, or there is no folder', async () => {
    const here = folder('targets')
    mkdirSync(`${here}/folder.npy`)
    const tensor = Tensor.arange([4])
    await expectError(writeNpy(`${here}/folder.npy`, tensor), 'IO', /a folder, a pipe or a device/)
    await expectError(writeNpy(`${here}/none/file.npy`, tensor), 'NOT_FOUND', /its folder is not there/)
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [`${here}/pipe`])
      await expectError(writeAtomically(`${here}/pipe`, Uint8Array.of(1)), 'IO', /a folder, a pipe or a device/)
      rmSync(`${here}/pipe`)
    }
    await expectError(writeNpy(`${here}/bad\0name.npy`, tensor), 'IO')
    expect(readdirSync(here)).toEqual(['folder.npy'])
  })

  test('of each format', async () => {
    const here = folder('formats')
    const image = Tensor.zeros([2, 4, 4])
    for (const name of ['a.png', 'a.jpg', 'a.webp', 'a.tiff']) await expectError(writeTensor(`${here}/${name}`, image), 'SHAPE')
    await expectError(writeSafetensors(`${here}/a.safetensors`, { __metadata__: image }), 'OPTION')
    expect(readdirSync(here)).toEqual([])
  })
})

test('a name as long as a name may be can be written', async () => {
  const path = `${folder('long')}/${'\u00e9'.repeat(125)}.npy`
  await writeNpy(path, Tensor.arange([2]))
  expect(readdirSync(dirname(path))).toEqual([basename(path)])
})

test('a link is replaced, and what it pointed to is left alone', async () => {
  const here = folder('links')
  writeFileSync(`${here}/target`, 'theirs')
  symlinkSync(`${here}/target`, `${here}/link`)
  await writeAtomically(`${here}/link`, Buffer.from('ours'))
  expect(readFileSync(`${here}/target`, 'utf8')).toBe('theirs')
  expect(readFileSync(`${here}/link`, 'utf8')).toBe('ours')
})

test('many writers of one file leave one whole file', async () => {
  const here = folder('many')
  const contents = Array.from({ length: 20 }, (_, index) => new Uint8Array(10_000).fill(index))
  await Promise.all(contents.map((content) => writeAtomically(`${here}/file`, content)))
  expect(readdirSync(here)).toEqual(['file'])
  const found = new Set(readFileSync(`${here}/file`))
  expect(found.size).toBe(1)
})
