// The control block of a gang: claims, lots, phases, the end.
import { describe, expect, it, vi } from 'vitest'
import { Control, controlBytes } from '../src/control.ts'

const MEMBERS = 3

describe('a control block', () => {
  const at = controlBytes(MEMBERS)
  const control = new Control(new Int32Array(new SharedArrayBuffer(2 * at)), at, MEMBERS)

  it('gives each shard of a phase to one member, and none when all are given', () => {
    control.begin([3])
    expect([control.claim(0), control.claim(0), control.claim(0)].map((claim) => claim?.left)).toEqual([3, 2, 1])
    expect([control.claim(0), control.claim(1)]).toEqual([null, null])
    expect([control.finish(), control.finish(), control.finish()]).toEqual([false, false, true])
  })

  it("gives a member the shards of its own lot first, then those of the members after it, each in the lot's order", () => {
    control.begin([1, 2, 1])
    const claims = Array.from({ length: 5 }, () => control.claim(1))
    expect(claims).toEqual([{ lot: 1, left: 2 }, { lot: 1, left: 1 }, { lot: 2, left: 1 }, { lot: 0, left: 1 }, null])
  })

  it('opens the next phase anew, however many asked in vain for a shard of the last', () => {
    control.begin([1])
    expect(control.phase).toBe(0)
    for (let i = 0; i < 5; i++) control.claim(i)
    const { generation } = control
    expect(control.finish()).toBe(true)
    control.open(1, [1, 0, 1])
    expect(control.generation).not.toBe(generation)
    expect(control.phase).toBe(1)
    expect([control.claim(2), control.claim(2), control.claim(2)]).toEqual([{ lot: 2, left: 1 }, { lot: 0, left: 1 }, null])
  })

  it('keeps every shard of a phase that others reach while the member that opened the one before is held up between any two stores', () => {
    const store = Atomics.store as (words: Int32Array, index: number, value: number) => number
    for (const lots of [[1], [1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 1, 0]]) {
      for (let held = 0, stores = 1; held < stores; held++) {
        control.begin([1])
        control.claim(0)
        control.finish()
        stores = 0
        const spy = vi.spyOn(Atomics as { store: typeof store }, 'store').mockImplementation((words, index, value) => {
          const stored = store(words, index, value)
          if (stores++ !== held) return stored
          spy.mockImplementation((...args) => {
            stores++
            return store(...args)
          })
          let last = false
          while (control.claim(1) !== null) last = control.finish()
          if (last) control.open(2, [1, 1, 1])
          return stored
        })
        control.open(1, lots)
        spy.mockRestore()
        while (control.phase === 1 && control.claim(0) !== null) if (control.finish()) control.open(2, [1, 1, 1])
        const claimed = Array.from({ length: 4 }, () => control.claim(0)?.lot)
        expect(claimed, `lots ${lots}, held after store ${held}`).toEqual([0, 1, 2, undefined])
      }
    }
  })

  it('gives no shard of a job that was stopped to a member of the next', () => {
    control.begin([1, 1, 1])
    control.stop()
    control.begin([1])
    expect([control.claim(1), control.claim(1)]).toEqual([{ lot: 0, left: 1 }, null])
  })

  it('may have more to be finished than to be claimed: what every member does', () => {
    control.begin([1], 3)
    control.claim(0)
    expect([control.finish(), control.finish(), control.finish()]).toEqual([false, false, true])
  })

  it('counts shards that are done one by one or several at once', () => {
    control.begin([3, 1])
    expect([control.finish(2), control.finish(), control.finish()]).toEqual([false, false, true])
    control.begin([3])
    expect(control.finish(3)).toBe(true)
  })

  it('wakes those who sleep until the generation moves on, and nobody else', async () => {
    const wakes = vi.spyOn(Atomics, 'notify')
    const woken = () => wakes.mock.calls.filter(([, word]) => word === at / 4).length
    control.begin([1])
    control.open(1, [1])
    expect(woken()).toBe(0)
    const moved = control.moved(control.generation, 0)
    control.open(2, [1])
    expect(woken()).toBe(1)
    await moved
    control.open(3, [1])
    expect(woken()).toBe(1)
    wakes.mockRestore()
  })

  it('keeps to its bytes, with lots for any number of members', () => {
    for (const members of [1, 64, 65, 1024]) {
      const bytes = controlBytes(members)
      const words = new Int32Array(new SharedArrayBuffer(bytes + 64)).fill(7)
      const block = new Control(words, 0, members)
      block.begin(new Array(members).fill(2))
      expect(block.claim(members - 1)).toEqual({ lot: members - 1, left: 2 })
      expect([...words.subarray(bytes / 4)]).toEqual(new Array(16).fill(7))
    }
  })

  it('ends once: complete or stopped, whichever is first', () => {
    control.begin([1])
    expect(control.over).toBe(false)
    control.complete()
    control.stop()
    expect([control.over, control.completed]).toEqual([true, true])
    control.begin([1])
    expect(control.over).toBe(false)
    control.stop()
    control.complete()
    expect([control.over, control.completed]).toEqual([true, false])
  })

  it('does not let a member wait for what has happened', async () => {
    control.begin([1])
    const { generation } = control
    control.stop()
    control.wait(generation, 0)
    await control.moved(generation, 0)
    await control.ended()
  })

  it('wakes those that wait without blocking', async () => {
    control.begin([1])
    const waiting = [control.ended(), control.moved(control.generation, 0)]
    control.complete()
    await Promise.all(waiting)
  })
})
