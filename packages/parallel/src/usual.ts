// How long the runs of a layer or a program usually take, and whether that is short enough for the caller to work along.

/**
 * Milliseconds of a run in which the caller works along: to wake a worker, and then the caller, takes 0.2 ms and more on virtual machines,
 * and what one core wrote the other has to fetch. In longer runs that is little, and the event loop would have to wait.
 */
const SHORT_MS = 5
/** Once it does, it goes on until runs are longer than this: who takes turns has a worker to wake, and caches to fill, again and again. */
const STILL_SHORT_MS = 6.5
/** A run that was held up makes the usual time longer by so much at most: else the next would be shared out otherwise, for nothing. */
const MOST_GROWTH = 1.05

export class Usual {
  #ms = Number.POSITIVE_INFINITY
  #short = false

  /** Tells how many milliseconds a run took. */
  note(ms: number): void {
    this.#ms = Math.min(ms, MOST_GROWTH * this.#ms)
    this.#short = this.#ms <= (this.#short ? STILL_SHORT_MS : SHORT_MS)
  }

  get short(): boolean {
    return this.#short
  }
}
