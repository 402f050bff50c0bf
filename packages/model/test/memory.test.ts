// Memory stays flat over many runs, and over networks that are disposed of; scripts/memory.ts does it for longer.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** glibc raises the size from which it gives memory back at once with every larger block that is freed: by 20 to 34 MB in a short run. */
const GIVES_BACK = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

test('a process holds no more after hundreds of runs, and a network that was disposed of leaves nothing on the engine', () => {
  const script = join(import.meta.dirname, '../scripts/memory.ts')
  const flags = ['--expose-gc', '--max-semi-space-size=2', '--conditions=@weft/source']
  const counts = ['--runs', '500', '--models', '56', '--allowed', '24']
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, script, ...counts], {
    encoding: 'utf8',
    env: { ...process.env, ...GIVES_BACK },
  })
  expect(stdout.match(/: flat/g), stdout + stderr).toHaveLength(2)
})
