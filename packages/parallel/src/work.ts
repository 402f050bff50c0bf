// What a thread does in a run: phases of shards, of a layer or of a whole program.

import type { Claim } from './control.ts'

export interface Work {
  readonly phases: number
  /** How many shards are in each lot of a phase: claims are numbered from the last down. */
  lots(phase: number): readonly number[]
  /** Does a shard that was claimed; leaves early, with false, when `cancelled` says so. */
  run(phase: number, claim: Claim, cancelled: () => boolean): boolean
}
