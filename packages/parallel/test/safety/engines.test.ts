// What engines leave behind in a process: no folder, no file, no page that can be written to and run, nothing that grows.
import { describe, it } from 'vitest'
import { ELSEWHERE, NATIVE_TIERS } from './here.ts'
import { crowd, cycles, heal, object } from './parts/engines.ts'
import { settle } from './settle.ts'

describe.skipIf(ELSEWHERE)(`the native object${ELSEWHERE}`, () => {
  it('is mapped once, without a file, never to be written and run; closed engines give their pages back', async (context) => {
    settle(context, await object(NATIVE_TIERS[NATIVE_TIERS.length - 1], 6))
  })

  it('outlives workers that die and runs that are cancelled, with the engine closed at once or used again', async (context) => {
    settle(context, await heal(NATIVE_TIERS[NATIVE_TIERS.length - 1], 6))
  })
})

describe.skipIf(ELSEWHERE)(`engines${ELSEWHERE}`, () => {
  it('that were closed leave memory, mappings, files and threads as they were, 20 of them', async (context) => {
    settle(context, await cycles(20))
  })

  it('are right when eight threads of one load the object at once', async (context) => {
    settle(context, await crowd(0, 8))
  })

  it('are right when eight workers of Node open one each at once', async (context) => {
    settle(context, await crowd(8, 1))
  })
})
