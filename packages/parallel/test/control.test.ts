// The control block of a gang: claims, phases, the end.
import { describe, expect, it } from 'vitest'
import { CONTROL_BYTES, Control } from '../src/control.ts'

describe('a control block', () => {
  const control = new Control(new Int32Array(new SharedArrayBuffer(2 * CONTROL_BYTES)), CONTROL_BYTES)

  it('gives each shard of a phase to one member, and none when all are given', () => {
    control.begin(3)
    expect([control.claim(), control.claim(), control.claim()]).toEqual([3, 2, 1])
    expect(control.claim()).toBeLessThanOrEqual(0)
    expect(control.claim()).toBeLessThanOrEqual(0)
    expect([control.finish(3), control.finish(3), control.finish(3)]).toEqual([false, false, true])
  })

  it('opens the next phase anew, however many asked in vain for a shard of the last', () => {
    control.begin(1)
    expect(control.phase).toBe(0)
    for (let i = 0; i < 5; i++) control.claim()
    const { generation } = control
    expect(control.finish(1)).toBe(true)
    control.open(1, 2)
    expect(control.generation).not.toBe(generation)
    expect(control.phase).toBe(1)
    expect([control.claim(), control.claim(), control.claim() > 0]).toEqual([2, 1, false])
  })

  it('ends once: complete or stopped, whichever is first', () => {
    control.begin(1)
    expect(control.over).toBe(false)
    control.complete()
    control.stop()
    expect([control.over, control.completed]).toEqual([true, true])
    control.begin(1)
    expect(control.over).toBe(false)
    control.stop()
    control.complete()
    expect([control.over, control.completed]).toEqual([true, false])
  })

  it('does not let a member wait for what has happened', async () => {
    control.begin(1)
    const { generation } = control
    control.stop()
    control.wait(generation, 0)
    await control.moved(generation, 0)
    await control.ended()
  })

  it('wakes those that wait without blocking', async () => {
    control.begin(1)
    const waiting = [control.ended(), control.moved(control.generation, 0)]
    control.complete()
    await Promise.all(waiting)
  })
})
