// Jobs to workers: first come, first served; a job starts when as many workers are free as it has members.
import { fromWire, WeftError } from '@weft/core'
import type { Arena } from './arena.ts'
import { CONTROL_BYTES, Control } from './control.ts'
import { MAILBOX_BYTES } from './mailbox.ts'
import type { Outcome, Task } from './messages.ts'

/** A place at a worker: a control block, a mailbox, and memory that the job in it may use. */
export interface Slot {
  readonly index: number
  readonly control: number
  readonly mailbox: number
  region: number
  regionBytes: number
}

/** Regions grow by steps of this many bytes, small ones by less. */
const [REGION_STEP, SMALL_STEP] = [1 << 20, 1 << 16]

export interface Job {
  /** One worker or all of them. */
  readonly members: number
  readonly signal?: AbortSignal | undefined
  /** Called when its turn has come; its tasks are posted at once, one a slot. */
  readonly start: (slots: readonly Slot[]) => Task[] | Promise<Task[]>
  /** Called when all tasks are done, while the slots are still the job's own. */
  readonly finish?: () => void | Promise<void>
}

interface Waiting extends Job {
  resolve: () => void
  reject: (error: unknown) => void
}

export class Dispatcher {
  readonly #arena: Arena
  readonly #post: (task: Task) => Promise<Outcome>
  readonly #free: Slot[]
  readonly #running = new Map<Slot, Control>()
  readonly #queue: Waiting[] = []
  /** Jobs that have slots, from their start to their finish. */
  #active = 0
  #idle: (() => void)[] = []

  constructor(arena: Arena, threads: number, post: (task: Task) => Promise<Outcome>) {
    this.#arena = arena
    this.#post = post
    arena.reclaim = () => this.#giveBack()
    this.#free = Array.from({ length: threads }, (_, index) => ({
      index,
      control: arena.allocate(CONTROL_BYTES),
      mailbox: arena.allocate(MAILBOX_BYTES),
      region: 0,
      regionBytes: 0,
    }))
  }

  /** @throws ABORTED or WORKER, or what `start` throws. */
  submit(job: Job): Promise<void> {
    return new Promise((resolve, reject) => {
      if (job.signal?.aborted) return reject(aborted(job.signal))
      const waiting: Waiting = { ...job, resolve, reject }
      const leave = () => {
        const index = this.#queue.indexOf(waiting)
        if (index < 0) return
        this.#queue.splice(index, 1)
        reject(aborted(job.signal as AbortSignal))
        this.#pump()
      }
      job.signal?.addEventListener('abort', leave, { once: true })
      const settle = (end: () => void) => {
        job.signal?.removeEventListener('abort', leave)
        end()
      }
      waiting.resolve = () => settle(resolve)
      waiting.reject = (error) => settle(() => reject(error))
      this.#queue.push(waiting)
      this.#pump()
    })
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#active === 0 && this.#queue.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Makes every running job leave: a worker is gone that they may be waiting for. */
  abandon(): void {
    for (const control of this.#running.values()) control.stop()
  }

  /** A region of at least so many bytes for the slot, kept for the next job. */
  reserve(slot: Slot, bytes: number): number {
    if (slot.regionBytes < bytes) {
      if (slot.regionBytes > 0) this.#arena.free(slot.region)
      slot.regionBytes = 0
      // Rounded up, so that layers of many sizes do not leave as many holes.
      const step = bytes > REGION_STEP ? REGION_STEP : SMALL_STEP
      const rounded = Math.ceil(bytes / step) * step
      slot.region = this.#arena.allocate(rounded)
      slot.regionBytes = rounded
    }
    return slot.region
  }

  /** The regions of slots that no job is in; whether there were any. */
  #giveBack(): boolean {
    const idle = this.#free.filter(({ regionBytes }) => regionBytes > 0)
    for (const slot of idle) {
      this.#arena.free(slot.region)
      slot.regionBytes = 0
    }
    return idle.length > 0
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#queue[0].members <= this.#free.length) {
      const job = this.#queue.shift() as Waiting
      const slots = this.#free.splice(0, job.members)
      this.#active++
      void this.#perform(job, slots).finally(() => {
        this.#active--
        // In order, so that jobs of all workers keep the shared memory of the first slot and no other grows.
        this.#free.push(...slots)
        this.#free.sort((a, b) => a.index - b.index)
        this.#pump()
        if (this.#active === 0 && this.#queue.length === 0) for (const done of this.#idle.splice(0)) done()
      })
    }
  }

  async #perform(job: Waiting, slots: readonly Slot[]): Promise<void> {
    let cancel: (() => void) | undefined
    try {
      const started = job.start(slots)
      const tasks = started instanceof Promise ? await started : started
      const control = new Control(new Int32Array(this.#arena.memory.buffer), slots[0].control)
      control.reset()
      this.#running.set(slots[0], control)
      cancel = () => control.stop()
      job.signal?.addEventListener('abort', cancel, { once: true })
      if (job.signal?.aborted) control.stop()
      const outcomes = await Promise.all(tasks.map((task) => this.#watch(task, control)))
      const failure = outcomes.find((outcome) => outcome instanceof WeftError)
      if (failure !== undefined) throw failure
      if (outcomes.includes('left'))
        throw job.signal?.aborted ? aborted(job.signal) : new WeftError('WORKER', 'the run was given up: a worker died')
      await job.finish?.()
      if (job.signal?.aborted) throw aborted(job.signal)
      job.resolve()
    } catch (error) {
      job.reject(error)
    } finally {
      if (cancel !== undefined) job.signal?.removeEventListener('abort', cancel)
      this.#running.delete(slots[0])
    }
  }

  /** One member's end; a death makes the others leave. */
  async #watch(task: Task, control: Control): Promise<'done' | 'left' | WeftError> {
    const shard = `shard ${task.member} of ${task.members}`
    const details = { shard: task.member, shards: task.members, layer: task.layer }
    try {
      const outcome = await this.#post(task)
      if (outcome.state !== 'failed') return outcome.state
      const cause = fromWire(outcome.error)
      return new WeftError('WORKER', `${shard} failed: ${cause.message}`, details, { cause })
    } catch (cause) {
      control.stop()
      const why = cause instanceof Error ? cause.message : String(cause)
      return new WeftError('WORKER', `${shard} died: ${why}; the pool starts a new worker, the run can be tried again`, details, {
        cause,
      })
    }
  }
}

function aborted(signal: AbortSignal): WeftError {
  return new WeftError('ABORTED', 'the run was cancelled by its signal', {}, { cause: signal.reason })
}
