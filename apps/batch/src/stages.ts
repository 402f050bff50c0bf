// The stages of an item, and how long it was in each.

export const STAGES = ['read', 'decode', 'compute', 'encode', 'write'] as const
export type Stage = (typeof STAGES)[number]

/** Milliseconds by stage. */
export type StageTimes = Readonly<Record<Stage, number>>

/** Times what the batch does itself; the rest of an item's time is the work's. */
export class Stopwatch {
  readonly #begun = performance.now()
  readonly #times = { read: 0, decode: 0, encode: 0, write: 0 }

  async time<T>(stage: Exclude<Stage, 'compute'>, run: () => Promise<T>): Promise<T> {
    const begun = performance.now()
    try {
      return await run()
    } finally {
      this.#times[stage] += performance.now() - begun
    }
  }

  /** Milliseconds since it was made. */
  get ms(): number {
    return performance.now() - this.#begun
  }

  get stages(): StageTimes {
    const { read, decode, encode, write } = this.#times
    return { read, decode, compute: Math.max(0, this.ms - read - decode - encode - write), encode, write }
  }
}
