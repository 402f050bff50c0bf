// Things that are costly to make and must be closed, as prepared layers and open archives: the last few are kept.

interface Kept<L> {
  readonly made: Promise<L>
  users: number
  evicted: boolean
}

/** Keeps the `capacity` things that were used last. One that must go is closed once nobody uses it. */
export class Cache<L extends { close(): Promise<void> }> {
  readonly #capacity: number
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept<L>>()
  readonly #closing = new Set<Promise<void>>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#kept.size
  }

  /** Calls `use` with the thing of a key, made by `prepare` if it is not kept. A failure to make it is not remembered. */
  async with<T>(key: string, prepare: () => Promise<L>, use: (layer: L) => Promise<T>): Promise<T> {
    const kept = this.#take(key, prepare)
    try {
      return await use(await kept.made)
    } finally {
      kept.users--
      await this.#closeUnused(kept)
    }
  }

  /** Lets go of all; resolves when those that nobody uses are closed. */
  async clear(): Promise<void> {
    for (const [key, kept] of [...this.#kept]) this.#evict(key, kept)
    await Promise.all(this.#closing)
  }

  #take(key: string, prepare: () => Promise<L>): Kept<L> {
    let kept = this.#kept.get(key)
    if (kept === undefined) {
      const fresh = { made: prepare(), users: 0, evicted: false }
      fresh.made.catch(() => this.#evict(key, fresh))
      kept = fresh
    }
    kept.users++
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    for (const [oldest, entry] of this.#kept) {
      if (this.#kept.size <= this.#capacity) break
      this.#evict(oldest, entry)
    }
    return kept
  }

  #evict(key: string, kept: Kept<L>): void {
    if (this.#kept.get(key) === kept) this.#kept.delete(key)
    kept.evicted = true
    const closing = this.#closeUnused(kept).finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  /** What was never made has nothing to close. */
  async #closeUnused(kept: Kept<L>): Promise<void> {
    if (!kept.evicted || kept.users > 0) return
    await kept.made.then(
      (made) => made.close(),
      () => {},
    )
  }
}
