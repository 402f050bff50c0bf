// Compiled JavaScript that is kept from start to start.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
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

test('is there after a start, and a start without a folder, or with one that is a file, says the same', () => {
  const home = mkdtempSync(join(tmpdir(), 'weft-home-'))
  const version = (env: NodeJS.ProcessEnv) => {
    const main = join(import.meta.dirname, '../src/main.ts')
    const started = { ...process.env, XDG_CACHE_HOME: undefined, NODE_DISABLE_COMPILE_CACHE: undefined, ...env }
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
  } finally {
    rmSync(home, { recursive: true })
  }
})
