// The control block of a gang: a barrier, a word that makes all leave, and the end of the job, in shared memory.
import { spin } from './spin.ts'

/** 32-bit words of a control block. */
const ARRIVED = 0
const GENERATION = 1
const STOP = 2
const CLAIMED = 3
const COUNTED = 4
const OVER = 5
const WORDS = [ARRIVED, GENERATION, STOP, CLAIMED, COUNTED, OVER]
export const CONTROL_BYTES = 64

/** Milliseconds of looking before waiting: a barrier between two steps is short when all cores are idle. */
const SPIN_MS = 0.05
/** A waiter looks again after this long, whatever happens. */
const WAIT_MS = 100

export class Control {
  readonly #words: Int32Array
  readonly #at: number

  constructor(words: Int32Array, byteOffset: number) {
    this.#words = words
    this.#at = byteOffset / 4
  }

  reset(): void {
    for (const word of WORDS) Atomics.store(this.#words, this.#at + word, 0)
  }

  /** Makes everyone leave: between tiles, and at the barrier. */
  stop(): void {
    Atomics.store(this.#words, this.#at + STOP, 1)
    Atomics.notify(this.#words, this.#at + GENERATION)
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, this.#at + STOP) !== 0
  }

  /** The number of the next shard of the step that no member has claimed. Starts anew after each meeting. */
  claim(): number {
    return Atomics.add(this.#words, this.#at + CLAIMED, 1)
  }

  /**
   * A member has finished its part; the last one ends the job. Returns whether it was the last.
   * A straggler of a job that was given up may be counted in the next: that one is then ended early, and looked after, never late.
   */
  leave(members: number): boolean {
    const last = Atomics.add(this.#words, this.#at + COUNTED, 1) >= members - 1
    if (last) this.end()
    return last
  }

  /** Wakes whoever waits for the end. */
  end(): void {
    Atomics.store(this.#words, this.#at + OVER, 1)
    Atomics.notify(this.#words, this.#at + OVER)
  }

  /** Resolves at the end of the job, without blocking the thread. */
  async ended(): Promise<void> {
    const wait = Atomics.waitAsync(this.#words, this.#at + OVER, 0)
    if (wait.async) await wait.value
  }

  /** Waits until all members are here. Returns false when the gang was told to leave. */
  meet(members: number): boolean {
    const generation = Atomics.load(this.#words, this.#at + GENERATION)
    if (this.stopped) return false
    if (Atomics.add(this.#words, this.#at + ARRIVED, 1) === members - 1) {
      Atomics.store(this.#words, this.#at + ARRIVED, 0)
      Atomics.store(this.#words, this.#at + CLAIMED, 0)
      Atomics.add(this.#words, this.#at + GENERATION, 1)
      Atomics.notify(this.#words, this.#at + GENERATION)
      return true
    }
    if (spin(this.#words, this.#at + GENERATION, generation, SPIN_MS)) return true
    while (Atomics.load(this.#words, this.#at + GENERATION) === generation) {
      if (this.stopped) return false
      Atomics.wait(this.#words, this.#at + GENERATION, generation, WAIT_MS)
    }
    return true
  }
}
