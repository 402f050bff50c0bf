// What a test makes of a part of the suite: its failures, or why there was nothing to test.
import { expect, type TestContext } from 'vitest'
import type { Outcome } from './parts/part.ts'

export function settle({ skip }: Pick<TestContext, 'skip'>, { failures, skipped }: Outcome): void {
  if (skipped !== undefined) skip(skipped)
  expect(failures.join('\n\n')).toBe('')
}

/** Of the short form; WEFT_SEED gives another one, and the long form has a new one each time. */
export const SEED = Number(process.env.WEFT_SEED ?? 1)
