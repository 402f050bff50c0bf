// Faults of the system: the short form of scripts/faults.ts.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test.each(['full', 'read', 'write', 'worker'])(
  '%s: right exit codes, nothing torn, and done when started again',
  { timeout: 240_000 },
  (kind) => {
    const script = join(import.meta.dirname, '../scripts/faults.ts')
    const flags = ['--times', '3', '--seed', '5', '--only', kind]
    const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=@weft/source', script, ...flags], { encoding: 'utf8' })
    expect(stdout + stderr).toMatch(new RegExp(`^${kind}: 3 times, .*; all were done when started again\n$`))
  },
)
