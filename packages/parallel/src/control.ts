// The control block of a gang: a barrier with an abort word, in shared memory.

/** 32-bit words of a control block. */
const ARRIVED = 0
const GENERATION = 1
const STOP = 2
const CLAIMED = 3
export const CONTROL_BYTES = 64

/** Turns of looking before waiting: a barrier between two steps is short when all cores are idle. */
const SPINS = 2000
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
    for (const word of [ARRIVED, GENERATION, STOP, CLAIMED]) Atomics.store(this.#words, this.#at + word, 0)
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
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(this.#words, this.#at + GENERATION) !== generation) return true
    }
    while (Atomics.load(this.#words, this.#at + GENERATION) === generation) {
      if (this.stopped) return false
      Atomics.wait(this.#words, this.#at + GENERATION, generation, WAIT_MS)
    }
    return true
  }
}
