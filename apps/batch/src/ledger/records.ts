// The lines of a ledger: what each says, and reading them, torn ones included.
import { createReadStream } from 'node:fs'
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
  /** How many items the sources had. */
  readonly items: number
  readonly at: string
}

/** An input as it was read. */
export interface Fingerprint {
  readonly hash: string
  readonly bytes: number
  readonly mtimeMs: number
}

/** Where a result is. */
export interface Placed {
  /** Below the output folder. */
  readonly output: string
  readonly bytes: number
  readonly hash: string
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
export type LedgerRecord = RunRecord | ItemRecord

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
  if (type !== 'item' || typeof id !== 'string') return false
  return state === 'failed' || (state === 'done' && typeof input === 'object' && input !== null)
}
