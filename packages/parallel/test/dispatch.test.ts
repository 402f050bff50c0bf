import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Arena } from '../src/arena.ts'
import { Control } from '../src/control.ts'
import { Dispatcher, type Job } from '../src/dispatch.ts'
import type { Outcome, Task } from '../src/messages.ts'

/** A dispatcher over workers that do nothing until told. */
function dispatcherOf(threads: number) {
  const arena = new Arena(2 ** 24)
  const posted: { task: Task; end: (outcome: Outcome) => void; die: (error: Error) => void }[] = []
  const post = (task: Task) => new Promise<Outcome>((end, die) => posted.push({ task, end, die }))
  return { arena, posted, dispatcher: new Dispatcher(arena, threads, post) }
}

const job = (layer: number, members: number, signal?: AbortSignal): Job => ({
  members,
  signal,
  start: (slots) =>
    slots.map(({ mailbox }, member) => ({ kind: 'meet', layer, member, members, control: slots[0].control, mailbox })),
})
const settled = () => new Promise((resolve) => setImmediate(resolve))
const DONE: Outcome = { state: 'done' }

describe('the dispatcher', () => {
  it('starts jobs in turn: one of all workers is not overtaken by later ones of one', async () => {
    const { posted, dispatcher } = dispatcherOf(2)
    const runs = [job(0, 1), job(1, 2), job(2, 1), job(3, 1)].map((each) => dispatcher.submit(each))
    expect(posted.map(({ task }) => task.layer)).toEqual([0])
    posted[0].end(DONE)
    await runs[0]
    await settled()
    expect(posted.map(({ task }) => task.layer)).toEqual([0, 1, 1])
    posted[1].end(DONE)
    await settled()
    expect(posted).toHaveLength(3)
    posted[2].end(DONE)
    await runs[1]
    await settled()
    expect(posted.map(({ task }) => task.layer)).toEqual([0, 1, 1, 2, 3])
    for (const { end } of posted.slice(3)) end(DONE)
    await Promise.all(runs)
    await dispatcher.idle()
  })

  it('takes a job that waits out of the queue when its signal says so, and lets the next one in', async () => {
    const { posted, dispatcher } = dispatcherOf(2)
    const controller = new AbortController()
    const first = dispatcher.submit(job(0, 1))
    const waiting = dispatcher.submit(job(1, 2, controller.signal))
    const next = dispatcher.submit(job(2, 1))
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
    expect(posted.map(({ task }) => task.layer)).toEqual([0, 2])
    for (const { end } of posted) end(DONE)
    await Promise.all([first, next])
  })

  it('leaves no listener on a signal', async () => {
    const { posted, dispatcher } = dispatcherOf(1)
    const { signal } = new AbortController()
    for (let layer = 0; layer < 5; layer++) {
      const run = dispatcher.submit(job(layer, 1, signal))
      posted[layer].end(DONE)
      await run
      await settled()
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('tells the others to leave when one dies or all are abandoned, and names the shard', async () => {
    const { arena, posted, dispatcher } = dispatcherOf(2)
    const run = dispatcher.submit(job(7, 2))
    const control = new Control(new Int32Array(arena.memory.buffer), posted[0].task.control)
    expect(control.stopped).toBe(false)
    posted[1].die(new Error('worker exited with code: 1'))
    await settled()
    expect(control.stopped).toBe(true)
    posted[0].end({ state: 'left' })
    await expect(run).rejects.toMatchObject({ code: 'WORKER', details: { shard: 1, shards: 2, layer: 7 } })

    const abandoned = dispatcher.submit(job(8, 2))
    expect(control.stopped).toBe(false)
    dispatcher.abandon()
    expect(control.stopped).toBe(true)
    for (const { end } of posted.slice(2)) end({ state: 'left' })
    await expect(abandoned).rejects.toMatchObject({ code: 'WORKER' })
  })

  it('keeps the region of a slot, and enlarges it when a job needs more', async () => {
    const { arena, posted, dispatcher } = dispatcherOf(1)
    const regions: number[] = []
    for (const bytes of [100, 100, 3 << 20, 100]) {
      const run = dispatcher.submit({
        members: 1,
        start: (slots) => {
          regions.push(dispatcher.reserve(slots[0], bytes))
          expect(slots[0].regionBytes).toBeGreaterThanOrEqual(bytes)
          return job(0, 1).start(slots)
        },
      })
      posted[posted.length - 1].end(DONE)
      await run
      await settled()
    }
    expect(regions[1]).toBe(regions[0])
    expect(regions[3]).toBe(regions[2])
    expect(arena.used).toBeLessThan(4 << 20)
  })
})

describe('the barrier', () => {
  const words = new Int32Array(new SharedArrayBuffer(64))
  const control = new Control(words, 0)

  it('lets a gang of one through, and nobody once it was stopped', () => {
    control.reset()
    expect(control.meet(1)).toBe(true)
    control.stop()
    expect(control.meet(1)).toBe(false)
    expect(control.meet(2)).toBe(false)
    control.reset()
    expect(control.meet(1)).toBe(true)
  })

  it('counts claims from zero after each meeting', () => {
    control.reset()
    expect([control.claim(), control.claim()]).toEqual([0, 1])
    control.meet(1)
    expect(control.claim()).toBe(0)
  })
})
