import { describe, expect, it } from 'vitest'
import { disturbing, othersBetween, watchOthers } from '../src/others.ts'

describe('othersBetween', () => {
  it('is what was neither idle nor our own, in cores', () => {
    // Two cores for a second: half a second idle, one of ours, half a second of others.
    expect(othersBetween({ all: 1000, idle: 100, own: 50 }, { all: 3000, idle: 600, own: 1050 }, 2)).toEqual({
      busy: 0.5,
      cores: 2,
    })
  })
  it('is never less than nothing, and nothing where the system keeps no time', () => {
    expect(othersBetween({ all: 0, idle: 0, own: 0 }, { all: 100, idle: 50, own: 60 }, 2).busy).toBe(0)
    expect(othersBetween({ all: 0, idle: 0, own: 0 }, { all: 0, idle: 0, own: 60 }, 2).busy).toBe(0)
  })
  it('disturbs from a tenth of the machine on', () => {
    expect([disturbing({ busy: 0.1, cores: 2 }), disturbing({ busy: 0.3, cores: 2 })]).toEqual([false, true])
  })
  it('can be watched', () => {
    expect(watchOthers()().busy).toBeGreaterThanOrEqual(0)
  })
})
