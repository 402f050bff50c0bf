// The control block of a gang, in shared memory: who does which shard of the phase that is open, and the end of the job.
import { spin } from './spin.ts'

/**
 * A job is a row of phases, a phase a number of shards. Members come and go: whoever is there claims shards, and the one that
 * finishes the last of a phase opens the next. Nobody waits for a member that holds no shard.
 *
 * 32-bit words of the block; what waiting members look at lies apart from what those at work write.
 */
const GENERATION = 0
const END = 1
const LEFT = 16
const FINISHED = 17
const PHASE = 18
export const CONTROL_BYTES = 128

const [ON, DONE, STOPPED] = [0, 1, 2]

/** A waiter looks again after this long, whatever happens. */
const WAIT_MS = 100

export class Control {
  readonly #words: Int32Array
  readonly #at: number

  constructor(words: Int32Array, byteOffset: number) {
    this.#words = words
    this.#at = byteOffset / 4
  }

  /** Begins a job with its first phase. No member of an earlier one may be left. */
  begin(shards: number): void {
    Atomics.store(this.#words, this.#at + END, ON)
    this.open(0, shards)
  }

  /** Opens a phase; by the member that finished the last shard of the one before. */
  open(phase: number, shards: number): void {
    Atomics.store(this.#words, this.#at + FINISHED, 0)
    Atomics.store(this.#words, this.#at + PHASE, phase)
    // Claims are granted from here on: whoever has one sees the words before.
    Atomics.store(this.#words, this.#at + LEFT, shards)
    this.#move()
  }

  /** Claims a shard of the phase that is open. Returns how many were left with it, none or fewer when it was not to be had. */
  claim(): number {
    return Atomics.sub(this.#words, this.#at + LEFT, 1)
  }

  /** The phase that is open; certain while a claim is held. */
  get phase(): number {
    return Atomics.load(this.#words, this.#at + PHASE)
  }

  /** Gives back a claim whose shard is done. Returns whether it was the last of the phase's. */
  finish(shards: number): boolean {
    return Atomics.add(this.#words, this.#at + FINISHED, 1) === shards - 1
  }

  /** The job is complete; without effect when it was stopped. */
  complete(): void {
    this.#end(DONE)
  }

  /** Makes everyone leave; without effect when the job is over. */
  stop(): void {
    this.#end(STOPPED)
  }

  get over(): boolean {
    return Atomics.load(this.#words, this.#at + END) !== ON
  }
  get completed(): boolean {
    return Atomics.load(this.#words, this.#at + END) === DONE
  }

  /** Resolves when the job is over, without blocking the thread. */
  async ended(): Promise<void> {
    const wait = Atomics.waitAsync(this.#words, this.#at + END, ON)
    if (wait.async) await wait.value
  }

  /** Moves on when a phase is opened and when the job is over: taken before a claim in vain, waited on after it. */
  get generation(): number {
    return Atomics.load(this.#words, this.#at + GENERATION)
  }

  /** Blocks until the generation has moved on, looking for so many milliseconds before it sleeps. */
  wait(generation: number, lookMs: number): void {
    const at = this.#at + GENERATION
    if (!spin(this.#words, at, generation, lookMs)) Atomics.wait(this.#words, at, generation, WAIT_MS)
  }

  /** Looks for so many milliseconds, then resolves when the generation has moved on. */
  async moved(generation: number, lookMs: number): Promise<void> {
    const at = this.#at + GENERATION
    if (spin(this.#words, at, generation, lookMs)) return
    const wait = Atomics.waitAsync(this.#words, at, generation, WAIT_MS)
    if (wait.async) await wait.value
  }

  #end(how: number): void {
    if (Atomics.compareExchange(this.#words, this.#at + END, ON, how) !== ON) return
    Atomics.notify(this.#words, this.#at + END)
    this.#move()
  }

  #move(): void {
    Atomics.add(this.#words, this.#at + GENERATION, 1)
    Atomics.notify(this.#words, this.#at + GENERATION)
  }
}
