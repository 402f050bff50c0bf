// The turns of the event loop: how long this thread has kept it from the next.
import { setImmediate as immediate } from 'node:timers/promises'

/** Milliseconds for which short runs, one after the other, may keep the event loop. */
const LONGEST_MS = 4

export class Turns {
  #since: number | null = null

  /** Whether the event loop should have its turn; work done after a no counts towards the next answer. */
  get due(): boolean {
    return performance.now() - this.#start() > LONGEST_MS
  }

  /** Resolves after a turn. What is done from then on counts, before anything is asked. */
  async next(): Promise<void> {
    await immediate()
    this.#start()
  }

  #start(): number {
    if (this.#since === null) {
      this.#since = performance.now()
      setImmediate(() => {
        this.#since = null
      })
    }
    return this.#since
  }
}
