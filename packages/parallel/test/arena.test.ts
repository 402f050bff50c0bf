import { BEHIND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arena } from '../src/arena.ts'

describe('the arena', () => {
  it('hands out aligned regions that never overlap, and knows what is in use', () => {
    const step = fc.record({ bytes: fc.integer({ min: 1, max: 200_000 }), free: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const arena = new Arena(2 ** 26)
        const held: { at: number; bytes: number }[] = []
        for (const { bytes, free } of steps) {
          if (free % 3 === 0 && held.length > 0) arena.free(held.splice(free % held.length, 1)[0].at)
          const at = arena.allocate(bytes)
          expect(at % 64).toBe(0)
          expect(at).toBeGreaterThan(0)
          expect(at + bytes).toBeLessThanOrEqual(arena.size)
          expect(arena.size + BEHIND).toBe(arena.memory.buffer.byteLength)
          for (const other of held) expect(at + bytes <= other.at || other.at + other.bytes <= at).toBe(true)
          held.push({ at, bytes })
        }
        expect(arena.used).toBe(held.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 64) * 64, 0))
        const { size } = arena
        for (const { at } of held) arena.free(at)
        expect(arena.used).toBe(0)
        // All holes have joined: one region of everything fits without growing.
        arena.allocate(size - 64)
        expect(arena.size).toBe(size)
      }),
      { numRuns: 60 },
    )
  })

  it('knows its own views, also those from before it grew', () => {
    const arena = new Arena(2 ** 26)
    const at = arena.allocate(400)
    const early = arena.floats(at, 100)
    arena.allocate(2 ** 22)
    expect(arena.offsetOf(early)).toBe(at)
    expect(arena.offsetOf(arena.floats(at, 100))).toBe(at)
    expect(arena.offsetOf(new Float32Array(new SharedArrayBuffer(16)))).toBeNull()
    early[0] = 7
    expect(arena.floats(at, 1)[0]).toBe(7)
  })

  it('grows by the free bytes at its end too, and ends with a sentence', () => {
    const arena = new Arena(2 ** 20)
    const first = arena.allocate(2 ** 19)
    expect(() => arena.allocate(2 ** 19 + 1)).toThrow(/no room for 524352 bytes: 524288 of at most 1048576 bytes/)
    arena.free(first)
    expect(arena.allocate(2 ** 20 - 64)).toBe(64)
    expect(() => arena.free(first + 64)).toThrow('given back twice, or never taken')
  })

  it('knows its own numbers after another arena of the process has grown: the engine gives every shared memory a new buffer then', () => {
    const [arena, other] = [new Arena(2 ** 24), new Arena(2 ** 24)]
    const at = arena.allocate(64)
    const before = arena.floats(at, 16)
    other.allocate(2 ** 23)
    expect(arena.offsetOf(before)).toBe(at)
    expect(arena.offsetOf(arena.floats(at, 16))).toBe(at)
    expect(arena.offsetOf(other.floats(64, 16))).toBe(null)
  })
})
