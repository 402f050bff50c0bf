// What the doctor found about one thing: how it is, in words for people, and the numbers behind them.
import type { Plain } from '../work.ts'

export interface Finding {
  readonly name: string
  /** `note`: it works, and may not be what was wanted. `ill`: it does not work. */
  readonly state: 'well' | 'note' | 'ill'
  /** Sentences, the one that counts first. */
  readonly words: readonly string[]
  readonly facts: Readonly<Record<string, Plain>>
}
