// Jobs to workers: first come, first served; a job starts when as many seats are free as it has members.
import { WeftError } from '@weft/core'
import type { Arena } from './arena.ts'
import { Control, controlBytes } from './control.ts'
import { type Caller, Gang } from './gang.ts'
import { MAILBOX_BYTES } from './mailbox.ts'
import type { AssemblyTask, Ended, RunTask, Visit } from './messages.ts'
import { Seat } from './seat.ts'

/** Regions grow by steps of this many bytes, small ones by less. */
const [REGION_STEP, SMALL_STEP] = [1 << 20, 1 << 16]
/**
 * Bytes between a large region and the next worker's: a processor that reads planes in turn fetches a few more behind the last one,
 * and what another core is writing there that core has to fetch back.
 */
const APART = 1 << 20

/** A part for every member: of a run, with the shards in each lot of its first phase; or of what every worker does, and how much one of them has to do. */
export type Parts =
  | { readonly runs: readonly RunTask[]; readonly lots: readonly number[] }
  | { readonly assembly: readonly AssemblyTask[]; readonly shards: number }

export interface Job {
  /** One worker or all of them. */
  readonly members: number
  /** Whether the caller may take the place of the first member: a short run, of a layer that it knows. */
  readonly short?: boolean
  readonly signal?: AbortSignal | undefined
  /** Called when its turn has come; its parts are asked for at once, one a seat. `control` is the offset of its control block. */
  readonly start: (seats: readonly Seat[], control: number) => Parts | Promise<Parts>
  /** Called when the job is complete, while the seats are still its own. */
  readonly finish?: () => void | Promise<void>
}

interface Waiting extends Job {
  resolve: (complete: boolean) => void
  reject: (error: unknown) => void
}

interface Block {
  readonly at: number
  readonly control: Control
}

export class Dispatcher {
  readonly #arena: Arena
  readonly #caller: Caller
  readonly #seats: readonly Seat[]
  readonly #free: Seat[]
  readonly #blocks: Block[]
  readonly #queue: Waiting[] = []
  /** Jobs that have seats, from their start to their finish. */
  #active = 0
  #idle: (() => void)[] = []

  /** `submit` gives a visit to a worker that is free, through the pool. */
  constructor(arena: Arena, threads: number, caller: Caller, submit: (visit: Visit) => Promise<Ended>) {
    this.#arena = arena
    this.#caller = caller
    arena.reclaim = () => this.#giveBack()
    const mailboxes = Array.from({ length: threads }, () => arena.allocate(MAILBOX_BYTES))
    const blocks = Array.from({ length: 2 * threads }, () => arena.allocate(controlBytes(threads)))
    const words = new Int32Array(arena.memory.buffer)
    this.#seats = mailboxes.map((at, index) => new Seat(index, words, at, submit))
    this.#free = [...this.#seats]
    this.#blocks = blocks.map((at) => ({ at, control: new Control(words, at, threads) }))
  }

  /**
   * Resolves to whether the job is complete: not when every worker that was asked is new and knows no layer, or was lost before
   * it began. It can be done anew then. @throws ABORTED or WORKER, or what `start` throws.
   */
  submit(job: Job): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const { signal } = job
      if (signal?.aborted) return reject(aborted(signal))
      const waiting: Waiting = { ...job, resolve, reject }
      this.#queue.push(waiting)
      if (signal !== undefined) this.#listen(waiting, signal)
      this.#pump()
    })
  }

  /** A job whose signal says so while it waits leaves the queue. */
  #listen(waiting: Waiting, signal: AbortSignal): void {
    const { resolve, reject } = waiting
    const leave = () => {
      const index = this.#queue.indexOf(waiting)
      if (index < 0) return
      this.#queue.splice(index, 1)
      reject(aborted(signal))
      this.#pump()
    }
    signal.addEventListener('abort', leave, { once: true })
    waiting.resolve = (complete) => {
      signal.removeEventListener('abort', leave)
      resolve(complete)
    }
    waiting.reject = (error) => {
      signal.removeEventListener('abort', leave)
      reject(error)
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#active === 0 && this.#queue.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Sends every worker back to the pool. */
  async clear(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.clear()))
  }

  /** A region of at least so many bytes for the seat, kept for the next job. */
  reserve(seat: Seat, bytes: number): number {
    if (seat.regionBytes < bytes) {
      if (seat.regionBytes > 0) this.#arena.free(seat.region)
      seat.regionBytes = 0
      // Rounded up, so that layers of many sizes do not leave as many holes.
      const step = bytes > REGION_STEP ? REGION_STEP : SMALL_STEP
      const rounded = Math.ceil(bytes / step) * step
      const apart = this.#seats.length > 1 && bytes > REGION_STEP ? APART : 0
      seat.region = this.#arena.allocate(rounded + apart)
      seat.regionBytes = rounded
    }
    return seat.region
  }

  /** The regions of seats that no job is in; whether there were any. */
  #giveBack(): boolean {
    const idle = this.#free.filter(({ regionBytes }) => regionBytes > 0)
    for (const seat of idle) {
      this.#arena.free(seat.region)
      seat.regionBytes = 0
    }
    return idle.length > 0
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#queue[0].members <= this.#free.length) {
      const job = this.#queue.shift() as Waiting
      const seats = this.#free.splice(0, job.members)
      const alone = this.#active === 0 && this.#queue.length === 0
      this.#active++
      void this.#perform(job, seats, job.short === true && alone).then(() => {
        this.#active--
        // In order, so that jobs of all workers keep the shared memory of the first seat and no other grows.
        this.#free.push(...seats)
        this.#free.sort((a, b) => a.index - b.index)
        this.#pump()
        if (this.#active === 0 && this.#queue.length === 0) for (const done of this.#idle.splice(0)) done()
      })
    }
  }

  async #perform(job: Waiting, seats: readonly Seat[], accompanied: boolean): Promise<void> {
    const block = this.#takeBlock()
    const gang = new Gang(block.control)
    const cancel = () => block.control.stop()
    try {
      if (accompanied && this.#caller.turns.due) await this.#caller.turns.next()
      const started = job.start(seats, block.at)
      const parts = started instanceof Promise ? await started : started
      if (job.signal?.aborted) throw aborted(job.signal)
      job.signal?.addEventListener('abort', cancel, { once: true })
      if ('assembly' in parts) {
        await this.clear()
        gang.assemble(parts.assembly, parts.shards, seats)
      } else {
        gang.run(parts.runs, parts.lots, seats, accompanied)
        if (accompanied) await gang.accompany(parts.runs[0], this.#caller)
      }
      const complete = await gang.end()
      if (job.signal?.aborted) throw aborted(job.signal)
      if (!complete && !gang.deserted) throw new WeftError('WORKER', 'the run was given up: a worker died')
      if (complete) await job.finish?.()
      if (job.signal?.aborted) throw aborted(job.signal)
      job.resolve(complete)
    } catch (error) {
      job.reject(error)
    } finally {
      job.signal?.removeEventListener('abort', cancel)
      this.#blocks.push(block)
    }
  }

  /** A control block that no member of an earlier job is in: there may be one at every seat. */
  #takeBlock(): Block {
    const index = this.#blocks.findLastIndex(({ at }) => !this.#seats.some(({ job }) => job === at))
    return this.#blocks.splice(index, 1)[0]
  }
}

function aborted(signal: AbortSignal): WeftError {
  return new WeftError('ABORTED', 'the run was cancelled by its signal', {}, { cause: signal.reason })
}
