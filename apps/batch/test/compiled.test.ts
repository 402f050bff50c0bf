// Compiled JavaScript that is kept from start to start.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compiledFolder } from '../src/compiled.ts'

test('is in the folder that the user says, else in that of the home, else nowhere', () => {
  expect(compiledFolder({ XDG_CACHE_HOME: '/caches', HOME: '/home/a' })).toBe(join('/caches', 'weft'))
  expect(compiledFolder({ HOME: '/home/a' })).toBe(join('/home/a', '.cache', 'weft'))
  expect(compiledFolder({ XDG_CACHE_HOME: 'caches', HOME: '/home/a' })).toBe(join('/home/a', '.cache', 'weft'))
  expect(compiledFolder({ XDG_CACHE_HOME: '', HOME: '' })).toBe(null)
  expect(compiledFolder({})).toBe(null)
})

/** Of what tells Node where to keep compiled code, or not to. */
const FREE = { NODE_DISABLE_COMPILE_CACHE: undefined, NODE_COMPILE_CACHE: undefined }

test('is there after a start, for nobody else to write; a start without a folder, or with one of others or that is a file, says the same', () => {
  const home = mkdtempSync(join(tmpdir(), 'weft-home-'))
  const version = (env: NodeJS.ProcessEnv) => {
    const main = join(import.meta.dirname, '../src/main.ts')
    const started = { ...process.env, XDG_CACHE_HOME: undefined, ...FREE, ...env }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@weft/source', main, '--version'], {
      encoding: 'utf8',
      env: started,
    })
    return { status, stdout, stderr }
  }
  try {
    const first = version({ HOME: home })
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(home, '.cache', 'weft'), { recursive: true }).length).toBeGreaterThan(10)
    expect(version({ HOME: undefined })).toEqual(first)
    expect(version({ HOME: import.meta.filename })).toEqual(first)
    const elsewhere = join(home, 'unused')
    expect(version({ HOME: elsewhere, NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(first)
    expect(existsSync(elsewhere)).toBe(false)
    const cache = join(home, '.cache', 'weft')
    expect(statSync(cache).mode & 0o777).toBe(0o700)
    rmSync(cache, { recursive: true })
    mkdirSync(cache)
    chmodSync(cache, 0o777)
    expect(version({ HOME: home })).toEqual(first)
    expect(readdirSync(cache)).toEqual([])
    if (process.getuid?.() !== 0) return
    rmSync(join(home, '.cache'), { recursive: true })
    chownSync(home, 65534, 65534)
    expect(version({ HOME: home })).toEqual(first)
    expect(readdirSync(home)).toEqual([])
  } finally {
    rmSync(home, { recursive: true })
  }
})
