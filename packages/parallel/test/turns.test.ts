// How long the calling thread may keep the event loop.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Turns } from '../src/turns.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('turns of the event loop', () => {
  it('are due after 4 ms of work, counted from the first question and anew from each turn on, asked or not', async () => {
    let now = 100
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const turns = new Turns()
    expect(turns.due).toBe(false)
    now += 3.9
    expect(turns.due).toBe(false)
    now += 0.2
    expect(turns.due).toBe(true)
    await turns.next()
    now += 4.1
    expect(turns.due).toBe(true)
    await turns.next()
    now += 3.9
    expect(turns.due).toBe(false)
  })
})
