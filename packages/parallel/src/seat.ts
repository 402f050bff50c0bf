// A seat: a place at a worker, with a mailbox and with memory that the job in it may use.
import { Mailbox } from './mailbox.ts'
import type { AssemblyTask, Ended, RunTask, Visit } from './messages.ts'

/** Whom the seat tells that its worker left a job before it was over: with the reason when that was in the middle of its part. */
export type Bereaved = (seat: Seat, how: 'failed' | 'died' | 'absent', error?: unknown) => void

export class Seat {
  readonly index: number
  region = 0
  regionBytes = 0
  readonly #at: number
  readonly #mailbox: Mailbox
  readonly #submit: (visit: Visit) => Promise<Ended>
  /** The last worker that was asked here, until it is back in the pool. */
  #visit: Promise<void> | null = null
  #tell: Bereaved = () => {}

  /** `submit` gives a task to a worker that is free, through the pool. */
  constructor(index: number, words: Int32Array, at: number, submit: (visit: Visit) => Promise<Ended>) {
    this.index = index
    this.#at = at
    this.#mailbox = new Mailbox(words, at)
    this.#submit = submit
  }

  /** Asks for a part in a run: whoever is at the seat, or else a worker of the pool. */
  run(task: RunTask, tell: Bereaved): void {
    this.#tell = tell
    if (this.#mailbox.post(task)) this.#send(null)
  }

  /** Asks a worker of the pool to the seat, which is empty. */
  assemble(task: AssemblyTask, tell: Bereaved): void {
    this.#tell = tell
    this.#mailbox.invite(task.control)
    this.#send(task)
  }

  /** Takes back what was asked for and not begun. Returns whether nobody is in it any more. */
  withdraw(): boolean {
    return this.#mailbox.withdraw()
  }

  /** The control block of the job that its worker is in, though it may be over; 0 for none. */
  get job(): number {
    return this.#mailbox.job
  }

  /** Sends the worker away; resolves when it is back in the pool. */
  async clear(): Promise<void> {
    while (this.#visit !== null) {
      this.#mailbox.dismiss()
      await this.#visit
    }
  }

  #send(task: AssemblyTask | null): void {
    const visit: Promise<void> = this.#submit({ mailbox: this.#at, task }).then(
      (ended) => this.#settle(visit, ended),
      (error: unknown) => this.#settle(visit, { state: 'died', error }),
    )
    this.#visit = visit
  }

  #settle(visit: Promise<void>, end: { state: Ended['state'] | 'died'; error?: unknown }): void {
    // One that had left before the next was asked has nothing to do with what is under way.
    if (this.#visit !== visit) return
    this.#visit = null
    const idle = this.#mailbox.withdraw()
    this.#mailbox.vacate()
    if (end.state === 'failed') this.#tell(this, 'failed', end.error)
    else if (end.state === 'died' && !idle) this.#tell(this, 'died', end.error)
    else if (end.state !== 'ended') this.#tell(this, 'absent')
  }
}
