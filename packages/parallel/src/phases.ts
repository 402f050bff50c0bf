// The phases of a run: first the items that are each done whole by one member, then step by step those that all share.
import type { Range } from '@weft/core'

export interface Items {
  /** How many are done whole, the first ones; and how many there are. */
  readonly alone: number
  readonly items: number
}

export class Phases {
  readonly count: number
  readonly #alone: number
  readonly #shards: readonly (readonly Range[])[]

  /** @param shards of each step of an item that is shared */
  constructor({ alone, items }: Items, shards: readonly (readonly Range[])[]) {
    this.#alone = alone
    this.#shards = shards
    this.count = (alone > 0 ? 1 : 0) + (items - alone) * shards.length
  }

  /** How many shards a phase has: claims of it are numbered from the last down. */
  shards(phase: number): number {
    return this.#isWhole(phase) ? this.#alone : this.#shards[this.#step(phase)].length
  }

  /** What the shard is: an item done whole, or a range of a step of one. */
  at(phase: number, shard: number): { item: number; step: number; range: Range | null } {
    if (this.#isWhole(phase)) return { item: shard, step: 0, range: null }
    const step = this.#step(phase)
    return { item: this.#alone + Math.floor(this.#shared(phase) / this.#shards.length), step, range: this.#shards[step][shard] }
  }

  #isWhole(phase: number): boolean {
    return phase === 0 && this.#alone > 0
  }

  #step(phase: number): number {
    return this.#shared(phase) % this.#shards.length
  }

  #shared(phase: number): number {
    return this.#alone > 0 ? phase - 1 : phase
  }
}
