// Damaged inputs in their hundreds; scripts/fuzz.ts tries them by the thousand.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hunt } from '../../../tools/fuzz/hunt.ts'
import { KINDS } from './fuzz/corpus.ts'

const FILES = 700

test('damaged inputs and manifests are read or refused: no crash, no hang, no memory past the limit, no result elsewhere', async () => {
  const seed = Date.now() % 1_000_000
  console.log(`damaged inputs of seed ${seed}: repeat with scripts/fuzz.ts --seed ${seed} --files ${FILES}`)
  const { came, culprits } = await hunt(join(import.meta.dirname, 'fuzz/child.ts'), seed, 0, FILES)
  expect(culprits).toEqual([])
  expect([...came.values()].reduce((sum, count) => sum + count, 0)).toBe(FILES)
  // Mutations that spoil every file, or none, would try nothing. Of one kind that may be so with a seed, of all it may not.
  const outcomes = (outcome: RegExp): string[] => [...came.keys()].filter((how) => outcome.test(how))
  expect(outcomes(/: read$/)).not.toEqual([])
  for (const kind of KINDS) expect(outcomes(new RegExp(`^${kind}: `)), kind).not.toEqual([])
  expect(outcomes(/FORMAT|OPTION|NOT_FOUND/).length).toBeGreaterThanOrEqual(KINDS.length)
})
