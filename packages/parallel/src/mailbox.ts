// The mailbox of a seat: runs are put into it, and the worker at the seat takes them one after the other.
import type { RunTask } from './messages.ts'
import { spin } from './spin.ts'

/** 32-bit words of a mailbox; the words of a run follow. */
const STATE = 0
const JOB = 1
const RUN = 2
export const MAILBOX_BYTES = 64

/** Nobody is asked to the seat; a worker is here or on its way; it must go; from there on, a run waits for it. */
const [AWAY, HERE, GO, FIRST] = [0, 1, 2, 3]
/** Runs have numbers, so that one that is withdrawn is not mistaken for the next; they begin anew after so many. */
const NUMBERS = 2 ** 30

/** Sleeping here is free, and to be woken here is cheaper than through the pool. */
const SLEEP_MS = 20

export class Mailbox {
  readonly #words: Int32Array
  readonly #at: number
  #posted = FIRST

  constructor(words: Int32Array, byteOffset: number) {
    this.#words = words
    this.#at = byteOffset / 4
  }

  /** Puts a run here; the one before was taken or withdrawn. Returns whether a worker has to be asked to the seat. */
  post(task: RunTask): boolean {
    this.#posted = FIRST + ((this.#posted - FIRST + 1) % NUMBERS)
    writeRun(this.#words, this.#at + RUN, task)
    if (this.#change(HERE, this.#posted)) {
      this.#notify()
      return false
    }
    Atomics.store(this.#words, this.#at + STATE, this.#posted)
    return true
  }

  /** Takes the run back. Returns whether nobody is in it: it was not begun, or is finished. */
  withdraw(): boolean {
    return this.#change(this.#posted, HERE) || this.job === 0
  }

  /** The control block of the job that the worker is in; 0 for none. */
  get job(): number {
    return Atomics.load(this.#words, this.#at + JOB) >>> 0
  }

  /** A worker is asked to the empty seat, with a task of that job in its hands. */
  invite(control: number): void {
    Atomics.store(this.#words, this.#at + JOB, control)
    Atomics.store(this.#words, this.#at + STATE, HERE)
  }

  /** Sends the worker away when it has finished. */
  dismiss(): void {
    if (this.#change(HERE, GO)) this.#notify()
  }

  /** The worker is gone, whatever it was doing. */
  vacate(): void {
    Atomics.store(this.#words, this.#at + JOB, 0)
    Atomics.store(this.#words, this.#at + STATE, AWAY)
  }

  /** The worker's side: it has finished its task. */
  finish(): void {
    Atomics.store(this.#words, this.#at + JOB, 0)
  }

  /** The worker's side: the next run, looked for so many milliseconds and then slept for; null when none came, and the seat is empty. */
  take(lookMs: number): RunTask | null {
    const state = this.#at + STATE
    if (!spin(this.#words, state, HERE, lookMs)) Atomics.wait(this.#words, state, HERE, SLEEP_MS)
    while (!this.#change(HERE, AWAY) && !this.#change(GO, AWAY)) {
      const run = this.#taken(Atomics.load(this.#words, state))
      if (run !== null) return run
    }
    return null
  }

  #taken(state: number): RunTask | null {
    if (state < FIRST) return null
    // Read before it is taken: from then on another may be put in its place.
    const run = readRun(this.#words, this.#at + RUN)
    Atomics.store(this.#words, this.#at + JOB, run.control)
    if (this.#change(state, HERE)) return run
    Atomics.store(this.#words, this.#at + JOB, 0)
    return null
  }

  #change(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, this.#at + STATE, from, to) === from
  }

  #notify(): void {
    Atomics.notify(this.#words, this.#at + STATE)
  }
}

function writeRun(words: Int32Array, at: number, task: RunTask): void {
  words[at] = task.layer
  words[at + 1] = task.member
  words[at + 2] = task.members
  words[at + 3] = task.control
  words[at + 4] = task.x
  words[at + 5] = task.y
  words[at + 6] = task.residual
  words[at + 7] = task.private
  words[at + 8] = task.own
  words[at + 9] = task.shared
  words[at + 10] = task.alone
  words[at + 11] = task.items
  words[at + 12] = task.trace
  words[at + 13] = task.accompanied
}

/** Offsets beyond 2 GiB are negative as words. */
function readRun(words: Int32Array, at: number): RunTask {
  return {
    layer: words[at],
    member: words[at + 1],
    members: words[at + 2],
    control: words[at + 3] >>> 0,
    x: words[at + 4] >>> 0,
    y: words[at + 5] >>> 0,
    residual: words[at + 6] >>> 0,
    private: words[at + 7] >>> 0,
    own: words[at + 8] >>> 0,
    shared: words[at + 9] >>> 0,
    alone: words[at + 10],
    items: words[at + 11],
    trace: words[at + 12] >>> 0,
    accompanied: words[at + 13],
  }
}
