// What a thread does in a run: phases of shards, of a layer or of a whole program.

export interface Work {
  readonly phases: number
  /** How many shards a phase has: claims of it are numbered from the last down. */
  shards(phase: number): number
  /** Does a shard; leaves early, with false, when `cancelled` says so. */
  run(phase: number, shard: number, cancelled: () => boolean): boolean
}
