// What a thread does in a run: phases of shards, of a layer or of a whole program.

export interface Work {
  readonly phases: number
  /** How many shards are in each lot of a phase: claims are numbered from the last down. */
  lots(phase: number): readonly number[]
  /** Does a shard of a lot; leaves early, with false, when `cancelled` says so. */
  run(phase: number, lot: number, shard: number, cancelled: () => boolean): boolean
}
