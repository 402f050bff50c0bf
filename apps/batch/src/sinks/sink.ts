// Where results go: the contract of sinks.
import type { Placed } from '../ledger/records.ts'
import type { Item } from '../outputs.ts'
import type { Result } from '../work.ts'

/** A result as bytes, and what a file that holds many of them must know of it. */
export interface Encoded {
  readonly pieces: readonly Uint8Array[]
  readonly entries?: Placed['entries']
}

export interface Sink {
  /** The bytes of a result. @throws OPTION, SHAPE for a result that cannot be written so */
  encode(item: Item, result: Result): Promise<Encoded>
  /** Puts them where they belong; once it resolves they outlast a power cut. */
  put(item: Item, encoded: Encoded): Promise<Placed>
  /** Whether what was put is still there, by its size, and by its hash where `thorough`. */
  holds(placed: Placed, thorough: boolean): Promise<boolean>
  /**
   * Called before the first of these items: removes what runs that were killed left of them. `owned` rejects when another process
   * works there by now, whose files these would be.
   */
  begin(items: readonly Item[], owned: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

export function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}
