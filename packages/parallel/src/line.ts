// The line to the workers: a task goes to the worker that lingers at its mailbox, else through the pool.
import { setTimeout as sleep } from 'node:timers/promises'
import { Control } from './control.ts'
import { Mailbox } from './mailbox.ts'
import type { Ended, Outcome, Task } from './messages.ts'

/** Takes the outcome of a task. */
interface Waiting {
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

interface Seat {
  readonly mailbox: Mailbox
  /** The control block of its gang. */
  control: number
  /** Of the task under way; null between tasks. */
  waiting: Waiting | null
}

/** Between looks at the members that are left when one failed: nobody can say then who is the last. */
const LOOK_MS = 1

export class Line {
  readonly #memory: WebAssembly.Memory
  readonly #submit: (task: Task) => Promise<Ended>
  readonly #seats = new Map<number, Seat>()
  readonly #attended = new Set<Promise<void>>()

  /** `submit` gives a task to a worker that is free, through the pool. */
  constructor(memory: WebAssembly.Memory, submit: (task: Task) => Promise<Ended>) {
    this.#memory = memory
    this.#submit = submit
  }

  /** One member's task; those of a gang are posted one after the other. Rejects when the worker dies. */
  post(task: Task): Promise<Outcome> {
    const seat = this.#seatOf(task.mailbox)
    return new Promise((resolve, reject) => {
      seat.control = task.control
      seat.waiting = { resolve, reject }
      seat.mailbox.clear()
      if (task.kind !== 'run' || !seat.mailbox.offer(task)) this.#send(task, seat)
      if (task.member === task.members - 1) void this.#attend(task.control)
    })
  }

  /** Sends away the workers that linger; resolves when all are back in the pool. */
  async clear(): Promise<void> {
    for (const { mailbox } of this.#seats.values()) mailbox.dismiss()
    await Promise.all(this.#attended)
  }

  #seatOf(at: number): Seat {
    let seat = this.#seats.get(at)
    if (seat === undefined) {
      seat = { mailbox: new Mailbox(this.#words(), at), control: 0, waiting: null }
      this.#seats.set(at, seat)
    }
    return seat
  }

  /** The worker may serve later runs before it ends: what is under way then fails with it. */
  #send(task: Task, seat: Seat): void {
    const visit = seat.mailbox.invite()
    const attended = this.#submit(task)
      .then(
        (ended) => {
          if (ended.state === 'failed') this.#settle(seat, visit, (waiting) => waiting.resolve(ended))
        },
        (error) => this.#settle(seat, visit, (waiting) => waiting.reject(error)),
      )
      .finally(() => this.#attended.delete(attended))
    this.#attended.add(attended)
  }

  /** A member that failed cannot count itself among those that finished: the job is ended for it. */
  #settle(seat: Seat, visit: number, tell: (waiting: Waiting) => void): void {
    // One that was gone when its slot's next worker was asked had nothing under way.
    if (seat.mailbox.visit !== visit) return
    // It may have died lingering: no run must be offered to it.
    seat.mailbox.dismiss()
    if (seat.waiting === null) return
    tell(seat.waiting)
    seat.waiting = null
    new Control(this.#words(), seat.control).end()
  }

  /** Settles the members of a gang once the last has finished. */
  async #attend(control: number): Promise<void> {
    const gang = [...this.#seats.values()].flatMap((seat) =>
      seat.control === control && seat.waiting !== null ? [{ seat, waiting: seat.waiting }] : [],
    )
    await new Control(this.#words(), control).ended()
    for (;;) {
      for (const { seat, waiting } of gang) {
        const state = seat.mailbox.finished
        // A seat whose member failed or died is settled already, and may be in another job by now.
        if (state === null || seat.waiting !== waiting) continue
        waiting.resolve({ state })
        seat.waiting = null
      }
      if (gang.every(({ seat, waiting }) => seat.waiting !== waiting)) return
      await sleep(LOOK_MS)
    }
  }

  #words(): Int32Array {
    return new Int32Array(this.#memory.buffer)
  }
}
