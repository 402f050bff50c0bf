// The phases of a run: first the items that are each done whole by one member, then step by step those that all share.
import type { Range } from '@weft/core'
import type { Claim } from './control.ts'
import type { Lots } from './messages.ts'

export interface Items {
  /** How many are done whole, the first ones; and how many there are. */
  readonly alone: number
  readonly items: number
  /** Of the gang. */
  readonly members: number
}

export class Phases {
  readonly count: number
  readonly #alone: number
  readonly #shards: readonly Lots[]
  readonly #members: number

  /** @param shards of each step of an item that is shared */
  constructor({ alone, items, members }: Items, shards: readonly Lots[]) {
    this.#alone = alone
    this.#members = members
    this.#shards = shards
    this.count = (alone > 0 ? 1 : 0) + (items - alone) * shards.length
  }

  /** How many shards are in each lot of a phase: claims are numbered from the last down. */
  lots(phase: number): readonly number[] {
    if (!this.#isWhole(phase)) return this.#shards[this.#step(phase)].map(({ length }) => length)
    return Array.from({ length: this.#members }, (_, lot) => this.#firstOf(lot + 1) - this.#firstOf(lot))
  }

  /** What the shard that was claimed is: an item done whole, or a range of a step of one. */
  at(phase: number, { lot, left }: Claim): { item: number; step: number; range: Range | null } {
    if (this.#isWhole(phase)) return { item: this.#firstOf(lot + 1) - left, step: 0, range: null }
    const step = this.#step(phase)
    const item = this.#alone + Math.floor(this.#shared(phase) / this.#shards.length)
    const ranges = this.#shards[step][lot]
    return { item, step, range: ranges[ranges.length - left] }
  }

  /** The first item done whole that is in the lot. */
  #firstOf(lot: number): number {
    return Math.floor((lot * this.#alone) / this.#members)
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
