// What a contestant does in its turn.
import { describe, expect, it } from 'vitest'
import { contestant } from '../../src/layers/serve.ts'

describe('a turn', () => {
  it('begins with a run that is not counted, however long runs take', async () => {
    let runs = 0
    const prepared = { kernel: null, run: async () => void runs++, output: () => new Float32Array(0), release: async () => {} }
    const { prepare, turn } = contestant({ prepare: async () => prepared })
    await prepare?.({} as never)
    for (const counted of [3, 1]) {
      runs = 0
      const taken = await turn?.({ warmMs: 0, runs: counted, ms: 0 })
      expect([taken?.samples.length, runs]).toEqual([counted, counted + 1])
    }
  })
})
