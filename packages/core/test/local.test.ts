// The workspace of local layers.
import { BEHIND, Workspace } from '@weft/core'
import { describe, expect, it } from 'vitest'

describe('a workspace', () => {
  it('keeps the end of its memory free, where loads ahead of their use may reach', () => {
    for (const [bytes, pages] of [
      [1, 2],
      [65536, 2],
      [65537, 3],
    ]) {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 9 })
      new Workspace('relaxed', memory, null as never, null as never).reserve(bytes)
      expect(memory.buffer.byteLength, `${bytes} bytes`).toBe(pages * 65536)
      expect(bytes + BEHIND).toBeLessThanOrEqual(memory.buffer.byteLength)
    }
  })
})
