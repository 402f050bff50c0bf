// The file that the object is loaded from: nobody else's, never open to writing, and what crashes left is cleared.
import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { candidateFolders, clearStale, writePrivateFile } from '../../src/native/private-file.ts'
import { ELSEWHERE } from './here.ts'

const bits = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8)
const root = process.getuid?.() === 0

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'weft-safety-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

describe.skipIf(ELSEWHERE)(`a private file${ELSEWHERE}`, () => {
  it('is 0500 in a folder that is 0700, holds the bytes, and goes with its folder', () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i)
    const { path, remove } = writePrivateFile(parent, bytes)
    expect([bits(path), bits(dirname(path))]).toEqual(['500', '700'])
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0)
    remove()
    remove()
    expect(readdirSync(parent)).toEqual([])
  })

  it('has no more rights where the mask of the process would give more', () => {
    const before = process.umask(0)
    try {
      const { path } = writePrivateFile(parent, Uint8Array.of(1))
      expect([bits(path), bits(dirname(path))]).toEqual(['500', '700'])
    } finally {
      process.umask(before)
    }
  })

  it('never has a name that was there before, and two of them have different folders', () => {
    const files = Array.from({ length: 20 }, () => writePrivateFile(parent, Uint8Array.of(1)))
    expect(new Set(files.map(({ path }) => path)).size).toBe(20)
    expect(new Set(files.map(({ path }) => dirname(path))).size).toBe(20)
    for (const { path } of files) expect(path).toMatch(new RegExp(`/weft-native-${process.pid}-[^/]+/[0-9a-f]{16}\\.node$`))
  })

  it('throws what the file system says, and leaves nothing, where there is no folder to write to', () => {
    expect(() => writePrivateFile(join(parent, 'none'), Uint8Array.of(1))).toThrow('ENOENT')
    writeFileSync(join(parent, 'file'), '')
    expect(() => writePrivateFile(join(parent, 'file'), Uint8Array.of(1))).toThrow('ENOTDIR')
    expect(readdirSync(parent)).toEqual(['file'])
  })

  it('is looked for in several folders, none of them twice', () => {
    const folders = candidateFolders()
    expect(folders).toContain('/dev/shm')
    expect(new Set(folders).size).toBe(folders.length)
  })
})

describe.skipIf(ELSEWHERE)(`clearing what crashes left${ELSEWHERE}`, () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  const HOUR = 3600
  /** A folder as one of this project's, with a file in it, so many seconds old. */
  const folder = (name: string, seconds: number): string => {
    const path = join(parent, name)
    mkdirSync(path)
    writeFileSync(join(path, 'f.node'), 'x')
    age(path, seconds)
    return path
  }
  const age = (path: string, seconds: number) => utimesSync(path, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds)

  it('removes an old folder of a process that is gone', () => {
    const path = folder(`weft-native-${dead}-aaaaaa`, HOUR)
    clearStale(parent)
    expect(existsSync(path)).toBe(false)
  })

  it('leaves a folder of a process that lives, of this one and of another', () => {
    const paths = [process.pid, process.ppid, 1].map((pid) => folder(`weft-native-${pid}-aaaaaa`, HOUR))
    clearStale(parent)
    expect(paths.map((path) => existsSync(path))).toEqual([true, true, true])
  })

  it('leaves a young folder: its process may be one of another container', () => {
    const path = folder(`weft-native-${dead}-aaaaaa`, 30)
    clearStale(parent)
    expect(existsSync(path)).toBe(true)
    clearStale(parent, Date.now() + 60_000)
    expect(existsSync(path)).toBe(false)
  })

  it('leaves what is not a folder: files and links, and what links lead to', () => {
    const target = folder('target', HOUR)
    symlinkSync(target, join(parent, `weft-native-${dead}-link`))
    writeFileSync(join(parent, `weft-native-${dead}-file`), 'x')
    age(join(parent, `weft-native-${dead}-file`), HOUR)
    clearStale(parent, Date.now() + HOUR * 1000)
    expect(readdirSync(parent).sort()).toEqual(['target', `weft-native-${dead}-file`, `weft-native-${dead}-link`])
    expect(existsSync(join(target, 'f.node'))).toBe(true)
  })

  it('follows no link within a folder that it removes', () => {
    const kept = folder('kept', HOUR)
    const path = folder(`weft-native-${dead}-aaaaaa`, 0)
    symlinkSync(kept, join(path, 'link'))
    age(path, HOUR)
    clearStale(parent)
    expect([existsSync(path), existsSync(join(kept, 'f.node'))]).toEqual([false, true])
  })

  it('leaves folders with names of other kinds', () => {
    const names = ['weft-native', 'weft-native-cache', 'weft-native--5-aaaaaa', `other-${dead}`, `xweft-native-${dead}-a`]
    const paths = names.map((name) => folder(name, HOUR))
    clearStale(parent)
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })

  it.skipIf(!root)(`leaves folders of other users${root ? '' : ' (skipped: only root can make one)'}`, () => {
    const path = folder(`weft-native-${dead}-aaaaaa`, HOUR)
    chownSync(path, 65534, 65534)
    age(path, HOUR)
    clearStale(parent)
    expect(existsSync(path)).toBe(true)
  })

  it('says nothing of a folder that is not there or cannot be read', () => {
    expect(() => clearStale(join(parent, 'none'))).not.toThrow()
    expect(() => clearStale('/proc/self/mem')).not.toThrow()
  })
})
