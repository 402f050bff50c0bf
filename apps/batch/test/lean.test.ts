// The settings with which a batch starts itself anew.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leanStart } from '../src/lean.ts'

const started = { platform: 'linux', execPath: '/node', execArgv: ['--conditions=x'], argv: ['/node', 'main.js', 'conv', 'a b'] }

test('starts anew with the same arguments, its own environment, and the settings before them', () => {
  const start = leanStart({ ...started, platform: 'linux', env: { HOME: '/home', MALLOC_MMAP_THRESHOLD_: '65536' } })
  expect(start).toEqual({
    args: ['/node', '--max-semi-space-size=4', '--conditions=x', 'main.js', 'conv', 'a b'],
    env: { HOME: '/home', MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '65536' },
  })
})

test('starts once, leaves settings of the user alone, and does nothing elsewhere', () => {
  expect(leanStart({ ...started, platform: 'linux', env: { MALLOC_ARENA_MAX: '8' } })).toBe(null)
  expect(leanStart({ ...started, platform: 'darwin', env: {} })).toBe(null)
  expect(leanStart({ ...started, platform: 'win32', env: {} })).toBe(null)
})

const forbidding = (flags: string[]) =>
  spawnSync(
    process.execPath,
    [
      ...flags,
      '--conditions=@weft/source',
      join(import.meta.dirname, '../src/main.ts'),
      'conv',
      '/nowhere',
      '-o',
      '/nowhere-either',
      '--kernel',
      'blur',
    ],
    { encoding: 'utf8', env: { ...process.env, MALLOC_ARENA_MAX: undefined } },
  )

test('says the same where Node may not start anew', () => {
  const [free, bound] = [forbidding([]), forbidding(['--permission', '--allow-fs-read=*', '--allow-worker'])]
  expect(free.stderr).toContain('/nowhere')
  expect(bound.stderr).toContain('/nowhere')
  expect([free.status, bound.status]).toEqual([3, 3])
})

test.runIf(process.platform === 'linux')('memory is flat after a quarter of 250 photos, whatever their sizes', () => {
  const script = join(import.meta.dirname, '../scripts/memory.ts')
  const env = { ...process.env, MALLOC_ARENA_MAX: undefined }
  const flags = ['--conditions=@weft/source', script, '--items', '250', '--threads', '2']
  const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8', env })
  const [, quarter, , , all] = [...stdout.matchAll(/items: peak (\d+) MB/g)].map(([, megabytes]) => Number(megabytes))
  expect(stdout + stderr).toContain('250 of 250 items')
  expect(all).toBeLessThan(1.15 * quarter)
})
