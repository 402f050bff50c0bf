// Killed at random moments and started again: the short form of scripts/kill.ts.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('runs that are killed and started again lose nothing, double nothing and leave nothing over', { timeout: 300_000 }, () => {
  const script = join(import.meta.dirname, '../scripts/kill.ts')
  const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=@weft/source', script, '--runs', '20'], {
    encoding: 'utf8',
  })
  expect(stdout + stderr).toMatch(
    /20 runs, \d+ kills: outputs byte-identical, nothing lost, nothing doubled, nothing left over\n$/,
  )
})
