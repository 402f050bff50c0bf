// Memory stays flat over many runs, and over networks that are disposed of; scripts/memory.ts does it for longer.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a process holds no more after hundreds of runs, and a network that was disposed of leaves nothing on the engine', () => {
  const script = join(import.meta.dirname, '../scripts/memory.ts')
  const flags = ['--expose-gc', '--max-semi-space-size=2', '--conditions=@weft/source']
  const told = execFileSync(process.execPath, [...flags, script, '--runs', '500', '--models', '14', '--allowed', '32'])
  expect(told.toString().match(/: flat/g)).toHaveLength(2)
})
