// Shards: a job split between machines by the hash of each item's id, so that all agree without speaking to each other.
import { createHash } from 'node:crypto'
import { WeftError } from '@weft/core'

export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

export const MOST_SHARDS = 100_000

/** `3/8`. @throws Error */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (index >= 1 && index <= count && count <= MOST_SHARDS) return { index, count }
  throw new Error(`give a shard and their number as in 3/8, from 1/8 to 8/8, ${MOST_SHARDS} at most`)
}

/** What a Kubernetes Indexed Job (with WEFT_SHARDS) or a Slurm array says. @throws OPTION when that is no shard */
export function shardFrom(env: NodeJS.ProcessEnv): Shard | null {
  const { JOB_COMPLETION_INDEX, WEFT_SHARDS, SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT, SLURM_ARRAY_TASK_MIN = '0' } = env
  if (WEFT_SHARDS !== undefined && JOB_COMPLETION_INDEX !== undefined)
    return checked(Number(JOB_COMPLETION_INDEX) + 1, Number(WEFT_SHARDS), 'JOB_COMPLETION_INDEX and WEFT_SHARDS')
  if (SLURM_ARRAY_TASK_ID === undefined || SLURM_ARRAY_TASK_COUNT === undefined) return null
  const index = Number(SLURM_ARRAY_TASK_ID) - Number(SLURM_ARRAY_TASK_MIN) + 1
  return checked(index, Number(SLURM_ARRAY_TASK_COUNT), 'SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT (steps of 1)')
}

function checked(index: number, count: number, source: string): Shard {
  if (Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count && count <= MOST_SHARDS)
    return { index, count }
  throw new WeftError('OPTION', `${source} say shard ${index} of ${count}; give --shard as in 3/8`, { index, count })
}

/** The number of the shard that an item is of, from 1: each is one's and only one's. */
export function shardIndex(id: string, count: number): number {
  return (createHash('sha256').update(id).digest().readUInt32BE() % count) + 1
}

export function isOf(id: string, { index, count }: Shard): boolean {
  return shardIndex(id, count) === index
}

/** The name of a shard's ledger. */
export function ledgerName(shard: Shard | null): string {
  return shard === null ? 'ledger' : `ledger-${shard.index}-of-${shard.count}`
}

/** The shard of a ledger's name; null for that of a job which is not split, undefined for another name. */
export function shardOf(name: string): Shard | null | undefined {
  const [, index, count] = /^ledger(?:-(\d+)-of-(\d+))?$/.exec(name) ?? []
  if (index !== undefined) return { index: Number(index), count: Number(count) }
  return name === 'ledger' ? null : undefined
}
