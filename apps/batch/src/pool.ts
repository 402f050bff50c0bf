// Work on many items at once, but never more than so many.

/**
 * Calls `work` for each item, `limit` at a time, in order; after `stopped` says so no further item is begun, nor after one
 * rejected. Rejects as the first did, once what was under way has ended.
 */
export async function inFlight<T>(
  items: Iterable<T>,
  limit: number,
  stopped: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.iterator]()
  let broken = false
  const lane = async (): Promise<void> => {
    while (!broken && !stopped()) {
      const next = source.next()
      if (next.done) return
      await work(next.value).catch((error: unknown) => {
        broken = true
        throw error
      })
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: limit }, lane))
  const failure = lanes.find(({ status }) => status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
}

interface Visitor {
  readonly alone: boolean
  readonly enter: () => void
}

/** Work that goes side by side, and work that must have everything to itself: it waits for the others and they for it. */
export class Gate {
  #inside = 0
  #alone = false
  readonly #waiting: Visitor[] = []

  async run<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ alone, enter })
      this.#admit()
    })
    try {
      return await work()
    } finally {
      this.#inside--
      this.#alone = false
      this.#admit()
    }
  }

  /** First come, first served: who waits to be alone is not overtaken. */
  #admit(): void {
    while (this.#waiting.length > 0 && !this.#alone && !(this.#waiting[0].alone && this.#inside > 0)) {
      const { alone, enter } = this.#waiting.shift() as Visitor
      this.#inside++
      this.#alone = alone
      enter()
    }
  }
}
