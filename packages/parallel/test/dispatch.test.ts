// The dispatcher, its gangs and seats, over workers that are played by the test.
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { RunTask } from '../src/messages.ts'
import { dead, FAILED, played, runJob, settled } from './played.ts'

describe('the dispatcher', () => {
  it('starts jobs in turn: one of all workers is not overtaken by later ones of one', async () => {
    const { dispatcher, pool, oneShard } = played(2)
    const begun: number[] = []
    const finish = (mailbox: (typeof pool)[0]['mailbox']) => {
      const run = mailbox.take(0) as RunTask
      begun.push(run.layer)
      mailbox.finish()
      oneShard(run)
    }
    const runs = [runJob(0, 1), runJob(1, 2), runJob(2, 1), runJob(3, 1)].map((each) => dispatcher.submit(each))
    expect(pool).toHaveLength(1)
    finish(pool[0].mailbox)
    expect(await runs[0]).toBe(true)
    await settled()
    expect(pool).toHaveLength(2)
    finish(pool[0].mailbox)
    await settled()
    expect(begun).toEqual([0, 1])
    finish(pool[1].mailbox)
    expect(await runs[1]).toBe(true)
    await settled()
    for (const { mailbox } of pool) finish(mailbox)
    expect(await Promise.all(runs)).toEqual([true, true, true, true])
    expect(begun).toEqual([0, 1, 1, 2, 3])
    await dispatcher.idle()
  })

  it('takes a job that waits out of the queue when its signal says so, and lets the next one in', async () => {
    const { dispatcher, pool, oneShard } = played(2)
    const controller = new AbortController()
    const first = dispatcher.submit(runJob(0, 1))
    const waiting = dispatcher.submit(runJob(1, 2, { signal: controller.signal }))
    const next = dispatcher.submit(runJob(2, 1))
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
    const runs = pool.map(({ mailbox }) => mailbox.take(0) as RunTask)
    expect(runs.map(({ layer }) => layer)).toEqual([0, 2])
    for (const run of runs) oneShard(run)
    await Promise.all([first, next])
  })

  it('leaves no listener on a signal', async () => {
    const { dispatcher, pool, oneShard } = played(1)
    const { signal } = new AbortController()
    for (let layer = 0; layer < 5; layer++) {
      const run = dispatcher.submit(runJob(layer, 1, { signal }))
      oneShard(pool[0].mailbox.take(0) as RunTask)
      pool[0].mailbox.finish()
      await run
      await settled()
    }
    expect(pool).toHaveLength(1)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('lets no worker that dies idle, its job done, stop the job that has the control block now', async () => {
    const { dispatcher, pool, controlOf, oneShard } = played(2)
    const done = [0, 1].map((layer) => dispatcher.submit(runJob(layer, 1)))
    const runs = pool.map(({ mailbox }) => mailbox.take(0) as RunTask)
    for (const [index, run] of runs.entries()) {
      oneShard(run)
      pool[index].mailbox.finish()
      await done[index]
      await settled()
    }
    const next = dispatcher.submit(runJob(2, 1))
    const task = pool[0].mailbox.take(0) as RunTask
    expect(task.control).toBe(runs[1].control)
    pool[1].die(dead())
    await settled()
    expect(controlOf(task).over).toBe(false)
    oneShard(task)
    expect(await next).toBe(true)
  })

  it('keeps the region of a seat, and enlarges it when a job needs more', async () => {
    const { arena, dispatcher, pool, oneShard } = played(1)
    const regions: number[] = []
    for (const bytes of [100, 100, 3 << 20, 100]) {
      const job = runJob(0, 1)
      const run = dispatcher.submit({
        ...job,
        start: (seats, control) => {
          regions.push(dispatcher.reserve(seats[0], bytes))
          expect(seats[0].regionBytes).toBeGreaterThanOrEqual(bytes)
          return job.start(seats, control)
        },
      })
      oneShard(pool[0].mailbox.take(0) as RunTask)
      pool[0].mailbox.finish()
      await run
      await settled()
    }
    expect(regions[1]).toBe(regions[0])
    expect(regions[3]).toBe(regions[2])
    expect(arena.used).toBeLessThan(4 << 20)
  })

  it('keeps large regions of two seats apart, so that what is fetched behind one is nothing that the other worker writes', async () => {
    const { dispatcher, oneShard, pool } = played(2)
    const [bytes, regions]: [number, number[]] = [3 << 20, []]
    const job = runJob(0, 2, { shards: 1 })
    const run = dispatcher.submit({
      ...job,
      start: (seats, control) => {
        regions.push(...seats.map((seat) => dispatcher.reserve(seat, bytes)))
        return job.start(seats, control)
      },
    })
    oneShard(pool[0].mailbox.take(0) as RunTask)
    pool[0].mailbox.finish()
    await run
    expect(Math.abs(regions[1] - regions[0]) - bytes).toBeGreaterThanOrEqual(1 << 20)
  })
})

describe('a run', () => {
  it('is over when its shards are done, whoever was asked and did not come, and its place is given to the next', async () => {
    const { dispatcher, pool, oneShard } = played(2)
    const first = dispatcher.submit(runJob(1, 2, { shards: 1 }))
    oneShard(pool[0].mailbox.take(0) as RunTask)
    pool[0].mailbox.finish()
    expect(await first).toBe(true)
    await settled()
    const second = dispatcher.submit(runJob(2, 2, { shards: 1 }))
    expect(pool).toHaveLength(2)
    const late = pool[1].mailbox.take(0) as RunTask
    expect(late.layer).toBe(2)
    oneShard(late)
    expect(await second).toBe(true)
  })

  it('has a control block to itself while a member of an earlier one has not left', async () => {
    const { arena, dispatcher, pool, oneShard } = played(2)
    const { used } = arena
    const first = dispatcher.submit(runJob(1, 2, { shards: 1 }))
    const [run, straggler] = pool.map(({ mailbox }) => mailbox.take(0) as RunTask)
    oneShard(run)
    pool[0].mailbox.finish()
    await first
    for (let round = 0; round < 5; round++) {
      await settled()
      const next = dispatcher.submit(runJob(2, 2, { shards: 1 }))
      const task = pool[0].mailbox.take(0) as RunTask
      expect(task.control).not.toBe(straggler.control)
      oneShard(task)
      pool[0].mailbox.finish()
      await next
    }
    expect(arena.used).toBe(used)
  })

  it('waits for the members that are in it when it is stopped', async () => {
    const { dispatcher, pool, controlOf } = played(2)
    const controller = new AbortController()
    const run = dispatcher.submit(runJob(1, 2, { signal: controller.signal }))
    const task = pool[0].mailbox.take(0) as RunTask
    let over = false
    const error = run.catch((cause) => {
      over = true
      return cause
    })
    controller.abort()
    expect(controlOf(task).over).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(over).toBe(false)
    pool[0].mailbox.finish()
    expect(await error).toMatchObject({ code: 'ABORTED' })
  })

  it.each([
    ['died', 'died: worker exited'],
    ['failed', 'failed: bad luck'],
  ])('names the shard of a member that %s in it, and makes the others leave', async (how, message) => {
    const { dispatcher, pool, controlOf } = played(2)
    const run = dispatcher.submit(runJob(7, 2))
    const [first] = pool.map(({ mailbox }) => mailbox.take(0) as RunTask)
    if (how === 'died') pool[1].die(dead())
    else pool[1].end(FAILED)
    await settled()
    expect(controlOf(first).over).toBe(true)
    pool[0].mailbox.finish()
    await expect(run).rejects.toMatchObject({ code: 'WORKER', details: { shard: 1, shards: 2, layer: 7 } })
    await expect(run).rejects.toThrow(`shard 1 of 2 ${message}`)
  })

  it('does not mind the death of a worker that had not begun it', async () => {
    const { dispatcher, pool, oneShard } = played(2)
    const first = dispatcher.submit(runJob(1, 2, { shards: 1 }))
    pool[1].die(dead())
    await settled()
    oneShard(pool[0].mailbox.take(0) as RunTask)
    pool[0].mailbox.finish()
    expect(await first).toBe(true)
    await settled()
    void dispatcher.submit(runJob(2, 2))
    expect(pool).toHaveLength(3)
    expect([pool[0], pool[2]].map(({ mailbox }) => mailbox.take(0)?.layer)).toEqual([2, 2])
  })

  it('does not lay the death of a worker that lingered, or had left, to the one after', async () => {
    const { dispatcher, pool, oneShard } = played(1)
    const rounds = [0, 1, 2].map((round) => async () => {
      const run = dispatcher.submit(runJob(round, 1))
      const { mailbox } = pool[pool.length - 1]
      oneShard(mailbox.take(0) as RunTask)
      mailbox.finish()
      expect(await run).toBe(true)
      await settled()
    })
    await rounds[0]()
    pool[0].die(dead())
    await settled()
    await rounds[1]()
    expect(pool[1].mailbox.take(0)).toBe(null)
    const last = dispatcher.submit(runJob(3, 1))
    pool[1].die(dead())
    await settled()
    oneShard(pool[2].mailbox.take(0) as RunTask)
    expect(await last).toBe(true)
  })

  it('is not complete when all that were asked are gone, or do not know its layer', async () => {
    const { dispatcher, pool } = played(2)
    const run = dispatcher.submit(runJob(1, 2))
    pool[0].die(dead())
    expect(pool[1].mailbox.take(0)?.layer).toBe(1)
    pool[1].end({ state: 'strange' })
    expect(await run).toBe(false)
  })

  it('is left by a worker that does not know its layer, and done by the others', async () => {
    const { dispatcher, pool, oneShard } = played(2)
    const run = dispatcher.submit(runJob(1, 2, { shards: 1 }))
    pool[1].mailbox.take(0)
    pool[1].end({ state: 'strange' })
    await settled()
    oneShard(pool[0].mailbox.take(0) as RunTask)
    expect(await run).toBe(true)
  })
})

describe('the caller', () => {
  it('does a short run alone where there is one thread, and asks nobody', async () => {
    const { dispatcher, pool } = played(1, (_, control) => {
      if (control.claim(0) !== null && control.finish()) control.complete()
    })
    expect(await dispatcher.submit(runJob(1, 1, { short: true }))).toBe(true)
    expect(pool).toHaveLength(0)
  })

  it('takes the part of the first member, and leaves runs to the workers while others wait', async () => {
    const parts: number[] = []
    const { dispatcher, pool, oneShard } = played(2, (task, control) => {
      parts.push(task.member)
      control.claim(0)
      if (control.finish()) control.complete()
    })
    const job = (layer: number) => runJob(layer, 2, { short: true, shards: 1 })
    const [first, second] = [dispatcher.submit(job(1)), dispatcher.submit(job(2))]
    expect(parts).toEqual([0])
    expect(pool).toHaveLength(1)
    expect(await first).toBe(true)
    const third = dispatcher.submit(job(3))
    await settled()
    expect(parts).toEqual([0])
    expect(pool).toHaveLength(2)
    const alone = pool[1].mailbox.take(0) as RunTask
    expect(alone.accompanied).toBe(0)
    oneShard(alone)
    expect(await Promise.all([second, third])).toEqual([true, true])
    expect(parts).toEqual([0, 0])
  })

  it('waits for a member that holds the last shard without blocking, and hears of its death', async () => {
    const { dispatcher, pool } = played(2)
    const run = dispatcher.submit(runJob(1, 2, { short: true }))
    expect(pool[0].mailbox.take(0)).toMatchObject({ member: 1, accompanied: 1 })
    setTimeout(() => pool[0].die(dead()), 5)
    await expect(run).rejects.toMatchObject({ code: 'WORKER', details: { shard: 1, shards: 2 } })
  })

  it('names its own shard when that fails', async () => {
    const { dispatcher } = played(1, () => {
      throw new Error('bad luck')
    })
    const run = dispatcher.submit(runJob(1, 1, { short: true }))
    await expect(run).rejects.toMatchObject({ code: 'WORKER', message: 'shard 0 of 1 failed: bad luck' })
  })
})
