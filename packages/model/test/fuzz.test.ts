// Damaged files in their hundreds; scripts/fuzz.ts tries them by the hundred thousand.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hunt } from '../../../tools/fuzz/hunt.ts'
import { corpus } from './fuzz/corpus.ts'
import { parse, write } from './fuzz/wire-tree.ts'

const FILES = 400

test('damaged ONNX files are refused, or run: no crash, no hang, no memory that their size does not justify', async () => {
  const seed = Date.now() % 1_000_000
  console.log(`damaged files of seed ${seed}: repeat with scripts/fuzz.ts --seed ${seed} --files ${FILES}`)
  const { came, culprits } = await hunt(join(import.meta.dirname, 'fuzz/child.ts'), seed, 0, FILES)
  expect(culprits).toEqual([])
  expect([...came.values()].reduce((sum, count) => sum + count, 0)).toBe(FILES)
  expect(came.get('run')).toBeGreaterThan(0)
})

test('a file taken apart and written again is the same, so that only damage is damage', () => {
  for (const [name, file] of corpus().slice(0, 8)) expect(write(parse(file)), name).toEqual(file)
})
