// The last few things made, each by its key, given up when they are neither recent nor in use.

export interface Disposable {
  dispose(): Promise<void>
}

interface Entry<T> {
  readonly item: Promise<T>
  users: number
  evicted: boolean
}

export class Cache<T extends Disposable> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** Works with the item of a key, made where it is not there. */
  async use<R>(key: string, make: () => Promise<T>, work: (item: T) => Promise<R>): Promise<R> {
    const entry = this.#entries.get(key) ?? { item: make(), users: 0, evicted: false }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    entry.users++
    try {
      return await work(await entry.item)
    } catch (error) {
      if (await failed(entry.item)) this.#entries.delete(key)
      throw error
    } finally {
      entry.users--
      await this.#release(entry)
      await this.#trim()
    }
  }

  /** Gives up all that is not in use; the rest follows when its users are done. */
  async clear(): Promise<void> {
    await this.#trim(0)
  }

  async #trim(most = this.#most): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= most) return
      this.#entries.delete(key)
      entry.evicted = true
      await this.#release(entry)
    }
  }

  async #release(entry: Entry<T>): Promise<void> {
    if (!entry.evicted || entry.users > 0 || (await failed(entry.item))) return
    await (await entry.item).dispose()
  }
}

async function failed(item: Promise<unknown>): Promise<boolean> {
  return item.then(
    () => false,
    () => true,
  )
}
