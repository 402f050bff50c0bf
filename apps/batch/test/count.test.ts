// Counts as a person reads them.
import { expect, test } from 'vitest'
import { count } from '../src/text.ts'

test('a count has its noun in one number or the other, and a comma every three digits', () => {
  const counted = [0, 1, 2, 999, 1000, 65_536, 1_000_000, Number.MAX_SAFE_INTEGER].map((n) => count(n, 'item'))
  expect(counted).toEqual([
    '0 items',
    '1 item',
    '2 items',
    '999 items',
    '1,000 items',
    '65,536 items',
    '1,000,000 items',
    '9,007,199,254,740,991 items',
  ])
})
