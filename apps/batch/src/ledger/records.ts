// The lines of a ledger: what each says, and reading them, torn ones included.
import { createReadStream } from 'node:fs'
import type { Dtype } from '@weft/core'
import type { Plain } from '../work.ts'

/** A start of the command. */
export interface RunRecord {
  readonly type: 'run'
  /** SHA-256 of `of`. */
  readonly identity: string
  readonly of: Readonly<Record<string, Plain>>
  /** The tier that computed: later runs take the same one. */
  readonly tier: string
  readonly threads: number
  /** How many items there were to do or done. */
  readonly items: number
  /** SHA-256 of the ids of all items of the sources, in their order. */
  readonly list: string
  readonly at: string
}

/** An input as it was read. */
export interface Fingerprint {
  readonly hash: string
  readonly bytes: number
  readonly mtimeMs: number
}

/** A tensor among the bytes of a result. */
export interface Entry {
  /** '' when the result is this tensor alone. */
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly bytes: number
  /** CRC-32 where the format needs it, else 0. */
  readonly crc: number
}

/** Where a result is. */
export interface Placed {
  /** Below the output folder; in one file for all, its name and the result's. */
  readonly output: string
  readonly bytes: number
  readonly hash: string
  /** Where it begins among the parts of one file for all. */
  readonly offset?: number
  readonly entries?: readonly Entry[]
}

interface ItemFields {
  readonly type: 'item'
  readonly id: string
  /** Counted over all runs, from 1. */
  readonly attempt: number
  readonly ms: number
  readonly at: string
}
export interface DoneRecord extends ItemFields, Placed {
  readonly state: 'done'
  readonly input: Fingerprint
}
export interface FailedRecord extends ItemFields {
  readonly state: 'failed'
  readonly path: string
  readonly code: string
  readonly message: string
}
export type ItemRecord = DoneRecord | FailedRecord

/** All results were joined to one file. */
export interface JoinedRecord {
  readonly type: 'joined'
  /** SHA-256 of the items' ids in their order. */
  readonly list: string
  readonly bytes: number
  readonly hash: string
  /** Whether every item is in it; the parts are gone then. */
  readonly complete: boolean
  readonly at: string
}
export type LedgerRecord = RunRecord | ItemRecord | JoinedRecord

export interface Read {
  readonly record: LedgerRecord
  /** The byte after its line. */
  readonly end: number
}

const NEWLINE = 0x0a

/** The whole lines of a ledger that are records, in order; none when there is no such file. A crash may tear the last one. */
export async function* readRecords(path: string): AsyncGenerator<Read> {
  let rest: Buffer = Buffer.alloc(0)
  let end = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 })) {
      const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let begin = 0
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, begin)) {
        end += at + 1 - begin
        const record = recordOf(bytes.toString('utf8', begin, at))
        if (record !== null) yield { record, end }
        begin = at + 1
      }
      rest = bytes.subarray(begin)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function recordOf(line: string): LedgerRecord | null {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is LedgerRecord {
  if (typeof value !== 'object' || value === null) return false
  const { type, identity, id, state, input } = value as Record<string, unknown>
  if (type === 'run') return typeof identity === 'string'
  if (type === 'joined') return true
  if (type !== 'item' || typeof id !== 'string') return false
  return state === 'failed' || (state === 'done' && typeof input === 'object' && input !== null)
}
