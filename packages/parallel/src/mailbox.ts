// The mailbox of a slot: a worker that has finished a run looks into it for a moment before it goes back to sleep.
import type { RunTask } from './messages.ts'
import { spin } from './spin.ts'

/** 32-bit words of a mailbox; the words of a run follow. */
const STATE = 0
const FINISHED = 1
const VISIT = 2
const RUN = 3
export const MAILBOX_BYTES = 128

/** Who lingers, and whom a run is posted to, is told by the number of the visit: one slow to go leaves the next one's alone. */
const NOBODY = 0
const lingering = (visit: number) => 2 * visit + 1
const posted = (visit: number) => 2 * visit + 2
/** Visits are numbered anew after so many, so that a state fits its word. */
const VISITS = 2 ** 29

const [NOT_YET, DONE, LEFT] = [0, 1, 2]

/** Looking for so long finds the next run of a caller that awaits the last, and is lost beside what a run costs. */
const LOOK_MS = 0.05
/** Sleeping here is free, and to be woken here is cheaper than through the pool. */
const SLEEP_MS = 20

export class Mailbox {
  readonly #words: Int32Array
  readonly #at: number
  #visit = 0

  constructor(words: Int32Array, byteOffset: number) {
    this.#words = words
    this.#at = byteOffset / 4
  }

  /** Before a task begins: it is not finished. */
  clear(): void {
    Atomics.store(this.#words, this.#at + FINISHED, NOT_YET)
  }

  /** Before a worker is asked here through the pool: sends away whoever lingers. Returns the number of the new visit. */
  invite(): number {
    this.dismiss()
    this.#visit = (this.#visit + 1) % VISITS
    Atomics.store(this.#words, this.#at + VISIT, this.#visit)
    return this.#visit
  }

  /** The visit of the last worker that was asked here. */
  get visit(): number {
    return this.#visit
  }

  /** The worker's side, when it has come. */
  enter(): void {
    this.#visit = Atomics.load(this.#words, this.#at + VISIT)
  }

  /** Hands a run to the worker that lingers here. Returns false when nobody does. */
  offer(task: RunTask): boolean {
    if (Atomics.load(this.#words, this.#at + STATE) !== lingering(this.#visit)) return false
    this.#words.set(wordsOf(task), this.#at + RUN)
    return this.#change(posted(this.#visit))
  }

  /** Sends away whoever lingers: the next task comes another way. */
  dismiss(): void {
    this.#change(NOBODY)
  }

  /** Tells the worker that lingers here; false when nobody does. */
  #change(state: number): boolean {
    const from = lingering(this.#visit)
    const lingers = Atomics.compareExchange(this.#words, this.#at + STATE, from, state) === from
    if (lingers) Atomics.notify(this.#words, this.#at + STATE)
    return lingers
  }

  /** The worker's side: its part is over, complete or left early, and it is ready for another. */
  finish(complete: boolean): void {
    Atomics.store(this.#words, this.#at + FINISHED, complete ? DONE : LEFT)
    Atomics.store(this.#words, this.#at + STATE, lingering(this.#visit))
  }

  /** How the last task ended; null while it has not. */
  get finished(): 'done' | 'left' | null {
    const finished = Atomics.load(this.#words, this.#at + FINISHED)
    return finished === NOT_YET ? null : finished === DONE ? 'done' : 'left'
  }

  /** The worker's side, when it has finished: looks, or only sleeps, until another run is here; null when none came. */
  linger(look: boolean): RunTask | null {
    const state = this.#at + STATE
    const here = lingering(this.#visit)
    if (!look || !spin(this.#words, state, here, LOOK_MS)) Atomics.wait(this.#words, state, here, SLEEP_MS)
    if (Atomics.compareExchange(this.#words, state, here, NOBODY) === here) return null
    const came = Atomics.compareExchange(this.#words, state, posted(this.#visit), NOBODY) === posted(this.#visit)
    return came ? runOf(this.#words.subarray(this.#at + RUN), 4 * this.#at) : null
  }
}

function wordsOf({ layer, member, members, control, x, y, residual, private: own, alone, together }: RunTask): number[] {
  const parts = [alone, together].flatMap(({ begin, end, shared }) => [begin, end, shared])
  return [layer, member, members, control, x, y, residual, own, ...parts]
}

/** Offsets beyond 2 GiB are negative as words. */
function runOf(words: Int32Array, mailbox: number): RunTask {
  const part = (at: number) => ({ begin: words[at], end: words[at + 1], shared: words[at + 2] >>> 0 })
  return {
    kind: 'run',
    mailbox,
    layer: words[0],
    member: words[1],
    members: words[2],
    control: words[3] >>> 0,
    x: words[4] >>> 0,
    y: words[5] >>> 0,
    residual: words[6] >>> 0,
    private: words[7] >>> 0,
    alone: part(8),
    together: part(11),
  }
}
