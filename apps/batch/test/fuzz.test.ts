// Damaged inputs in their hundreds; scripts/fuzz.ts tries them by the thousand.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hunt } from '../../../tools/fuzz/hunt.ts'
import { KINDS } from './fuzz/corpus.ts'

const FILES = 700
const SEED = 20261127
const CHILD = join(import.meta.dirname, 'fuzz/child.ts')

test('damaged inputs and manifests are read or refused: no crash, no hang, no memory past the limit, no result elsewhere', async () => {
  const seed = Date.now() % 1_000_000
  console.log(`damaged inputs of seed ${seed}: repeat with scripts/fuzz.ts --seed ${seed} --files ${FILES}`)
  const { came, culprits } = await hunt(CHILD, seed, 0, FILES)
  expect(culprits).toEqual([])
  expect([...came.values()].reduce((sum, count) => sum + count, 0)).toBe(FILES)
})

// A mutation that spoils every file of a kind, or none, would try nothing. With a seed of its own: few manifests outlive the damage.
test('of every kind some damaged files can still be read, and some are refused', async () => {
  const { came } = await hunt(CHILD, SEED, 0, FILES)
  for (const kind of KINDS) {
    const of = (outcome: RegExp): string[] => [...came.keys()].filter((how) => how.startsWith(`${kind}: `) && outcome.test(how))
    expect(of(/read$/), kind).not.toEqual([])
    expect(of(/FORMAT|OPTION|NOT_FOUND/), kind).not.toEqual([])
  }
})
