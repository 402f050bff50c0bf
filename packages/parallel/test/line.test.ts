// The mailbox of a slot, and the line that chooses between it and the pool, over workers that do what they are told.
import { describe, expect, it } from 'vitest'
import { Arena } from '../src/arena.ts'
import { CONTROL_BYTES, Control } from '../src/control.ts'
import { Dispatcher } from '../src/dispatch.ts'
import { Line } from '../src/line.ts'
import { MAILBOX_BYTES, Mailbox } from '../src/mailbox.ts'
import type { Ended, Outcome, RunTask, Task } from '../src/messages.ts'

const HIGH = 3 * 2 ** 30 + 64
const NOTHING = { begin: 0, end: 0, shared: 0 }
const settled = () => new Promise((resolve) => setImmediate(resolve))

function taskOf(control: number, mailbox: number, member = 0, members = 1): RunTask {
  const where = { x: 128, y: 192, residual: 0, private: 256, alone: { begin: 0, end: 1, shared: 320 }, together: NOTHING }
  return { kind: 'run', layer: 7, member, members, control, mailbox, ...where }
}

describe('a mailbox', () => {
  /** The two sides of one mailbox. */
  const sides = () => {
    const words = new Int32Array(new SharedArrayBuffer(2 * MAILBOX_BYTES))
    const [main, worker] = [new Mailbox(words, MAILBOX_BYTES), new Mailbox(words, MAILBOX_BYTES)]
    main.invite()
    worker.enter()
    return { words, main, worker }
  }

  it('hands a run to who lingers, every offset whole, and to nobody else', () => {
    const { main, worker } = sides()
    const task: RunTask = {
      ...taskOf(HIGH, MAILBOX_BYTES, 2, 3),
      ...{ x: HIGH + 64, y: HIGH + 128, residual: HIGH + 192, private: HIGH + 256 },
      alone: { begin: 2, end: 5, shared: HIGH + 320 },
      together: { begin: 6, end: 8, shared: 2 ** 32 - 64 },
    }
    expect(main.offer(task)).toBe(false)
    worker.finish(true)
    expect(main.offer(task)).toBe(true)
    expect(main.offer(task)).toBe(false)
    expect(worker.linger(true)).toEqual(task)
    expect(main.offer(task)).toBe(false)
  })

  it('is empty when the worker has waited in vain, and when it was sent away', () => {
    const { main, worker } = sides()
    worker.finish(true)
    expect(worker.linger(true)).toBe(null)
    expect(main.offer(taskOf(0, MAILBOX_BYTES))).toBe(false)
    worker.finish(true)
    main.dismiss()
    expect(main.offer(taskOf(0, MAILBOX_BYTES))).toBe(false)
    expect(worker.linger(false)).toBe(null)
  })

  it('says how the last task ended, until the next begins', () => {
    const { main, worker } = sides()
    expect(main.finished).toBe(null)
    for (const [complete, said] of [[true, 'done'] as const, [false, 'left'] as const]) {
      worker.finish(complete)
      expect(main.finished).toBe(said)
      main.clear()
      expect(main.finished).toBe(null)
    }
  })

  it('keeps a run for the worker it was offered to: one that left before and is slow to go cannot take it', () => {
    const { words, main, worker } = sides()
    worker.finish(true)
    main.invite()
    const next = new Mailbox(words, MAILBOX_BYTES)
    next.enter()
    next.finish(true)
    expect(main.offer(taskOf(0, MAILBOX_BYTES))).toBe(true)
    expect(worker.linger(false)).toBe(null)
    expect(next.linger(false)).toEqual(taskOf(0, MAILBOX_BYTES))
  })
})

/** A line over workers that are played by the test. */
function lineOf(slots: number) {
  const arena = new Arena(2 ** 20)
  const words = new Int32Array(arena.memory.buffer)
  const [controls, mailboxes] = [CONTROL_BYTES, MAILBOX_BYTES].map((bytes) =>
    Array.from({ length: slots }, () => arena.allocate(bytes)),
  )
  const pool: { task: Task; end: (ended: Ended) => void; die: (error: Error) => void }[] = []
  const line = new Line(arena.memory, (task) => new Promise<Ended>((end, die) => pool.push({ task, end, die })))
  /** A worker's side of the mailbox of that slot, entered now. */
  const enter = (slot: number) => {
    const mailbox = new Mailbox(words, mailboxes[slot])
    mailbox.enter()
    return mailbox
  }
  const gang = (members: number): Promise<Outcome>[] => {
    new Control(words, controls[0]).reset()
    return Array.from({ length: members }, (_, member) => line.post(taskOf(controls[0], mailboxes[member], member, members)))
  }
  return { line, pool, enter, gang, control: new Control(words, controls[0]) }
}

const FAILED: Ended = { state: 'failed', error: { code: 'INTERNAL', message: 'bad luck', details: {} } }

describe('the line', () => {
  it('gives a run to the pool when nobody lingers, and to the worker that does', async () => {
    const { pool, enter, gang, control } = lineOf(1)
    const [first] = gang(1)
    expect(pool).toHaveLength(1)
    const worker = enter(0)
    worker.finish(true)
    control.leave(1)
    expect(await first).toEqual({ state: 'done' })
    const [second] = gang(1)
    expect(pool).toHaveLength(1)
    expect(worker.linger(true)?.layer).toBe(7)
    worker.finish(false)
    control.leave(1)
    expect(await second).toEqual({ state: 'left' })
  })

  it('waits for the member that still runs when another failed', async () => {
    const { pool, enter, gang } = lineOf(2)
    const [first, second] = gang(2)
    let over = false
    void second.then(() => {
      over = true
    })
    const worker = enter(1)
    pool[0].end(FAILED)
    expect(await first).toEqual(FAILED)
    await settled()
    expect(over).toBe(false)
    worker.finish(false)
    expect(await second).toEqual({ state: 'left' })
  })

  it('offers nothing to a worker that died lingering', async () => {
    const { pool, enter, gang, control } = lineOf(1)
    const [first] = gang(1)
    enter(0).finish(true)
    control.leave(1)
    await first
    pool[0].die(new Error('worker exited with code: 1'))
    await settled()
    const [second] = gang(1)
    expect(pool).toHaveLength(2)
    enter(0).finish(true)
    control.leave(1)
    expect(await second).toEqual({ state: 'done' })
  })

  it('lets a run fail that was offered to a worker nobody knew was dead, and the one after it go to the pool', async () => {
    const { pool, enter, gang, control } = lineOf(1)
    const [first] = gang(1)
    enter(0).finish(true)
    control.leave(1)
    await first
    const [second] = gang(1)
    expect(pool).toHaveLength(1)
    pool[0].die(new Error('worker exited with code: 1'))
    await expect(second).rejects.toThrow('worker exited')
    const [third] = gang(1)
    expect(pool).toHaveLength(2)
    enter(0).finish(true)
    control.leave(1)
    expect(await third).toEqual({ state: 'done' })
  })

  it('does not lay the death of a worker that had left to the one that runs now', async () => {
    const { pool, enter, gang, control } = lineOf(1)
    const [first] = gang(1)
    const gone = enter(0)
    gone.finish(true)
    control.leave(1)
    await first
    expect(gone.linger(true)).toBe(null)
    const [second] = gang(1)
    pool[0].die(new Error('worker exited with code: 1'))
    await settled()
    enter(0).finish(true)
    control.leave(1)
    expect(await second).toEqual({ state: 'done' })
  })

  it('settles a run after a death by its own end only', async () => {
    const { pool, enter, gang, control } = lineOf(1)
    const [first] = gang(1)
    pool[0].die(new Error('worker exited with code: 1'))
    await expect(first).rejects.toThrow('worker exited')
    const [second] = gang(1)
    let over = false
    void second.then(() => {
      over = true
    })
    enter(0).finish(true)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(over).toBe(false)
    control.leave(1)
    expect(await second).toEqual({ state: 'done' })
  })

  it('ends a run of one although a straggler of a larger gang was counted in it', async () => {
    const { enter, gang, control } = lineOf(1)
    const [run] = gang(1)
    control.leave(2)
    enter(0).finish(true)
    control.leave(1)
    expect(await run).toEqual({ state: 'done' })
  })

  it('sends away who lingers, and says when all are back', async () => {
    const { line, pool, enter, gang, control } = lineOf(2)
    const runs = gang(2)
    const workers = [enter(0), enter(1)]
    for (const worker of workers) {
      worker.finish(true)
      control.leave(2)
    }
    await Promise.all(runs)
    const cleared = line.clear()
    expect(workers.map((worker) => worker.linger(true))).toEqual([null, null])
    for (const { end } of pool) end({ state: 'ended' })
    await cleared
  })

  it('has the dispatcher name the shard whose worker was dead, and the next run is right', async () => {
    const arena = new Arena(2 ** 20)
    const words = new Int32Array(arena.memory.buffer)
    const pool: { task: Task; die: (error: Error) => void }[] = []
    const line = new Line(arena.memory, (task) => new Promise((_, die) => pool.push({ task, die })))
    const dispatcher = new Dispatcher(arena, 2, (task) => line.post(task))
    const run = () =>
      dispatcher.submit({
        members: 2,
        start: (slots) => slots.map(({ mailbox }, member) => taskOf(slots[0].control, mailbox, member, 2)),
      })
    const serve = ({ task }: { task: Task }) => {
      const mailbox = new Mailbox(words, task.mailbox)
      mailbox.enter()
      const control = new Control(words, task.control)
      mailbox.finish(!control.stopped)
      control.leave(2)
    }
    const first = run()
    pool.forEach(serve)
    await first
    await settled()
    const second = run()
    expect(pool).toHaveLength(2)
    pool[1].die(new Error('worker exited with code: 1'))
    await settled()
    serve(pool[0])
    await expect(second).rejects.toMatchObject({ code: 'WORKER', details: { shard: 1, shards: 2, layer: 7 } })
    await settled()
    const third = run()
    expect(pool).toHaveLength(3)
    for (const task of [pool[0], pool[2]]) serve(task)
    await third
  })
})
