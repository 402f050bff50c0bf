// The ledger of an output folder, `.weft/ledger.jsonl`: a line for each start and each item that ended, only ever appended.
import {
  closeSync,
  createReadStream,
  existsSync,
  fdatasync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { WeftError } from '@weft/core'
import { writeAtomically } from '@weft/io'
import { expectSame, type Identity } from './identity.ts'
import { Ownership } from './owner.ts'
import { type ItemRecord, type JoinedRecord, type LedgerRecord, type RunRecord, readRecords } from './records.ts'

/** The folder of everything that weft keeps of a batch. */
export const STATE_FOLDER = '.weft'

/** Results are flushed one by one before their line is written; a line that a power cut takes costs doing its item again. */
const FLUSH_MS = 1_000

export interface LedgerPlace {
  /** What the user calls the output. */
  readonly output: string
  /** The folder that the ledger is in. */
  readonly state: string
  /** `ledger`, or that of a shard. */
  readonly name: string
}

export function ledgerFile({ state, name }: LedgerPlace): string {
  return join(state, `${name}.jsonl`)
}

/** The file that results are appended to before they are joined to one file for all. */
export function partsFile({ state, name }: Pick<LedgerPlace, 'state' | 'name'>): string {
  return join(state, `${name}.parts`)
}

/** What a ledger says of the items, the last word on each, and of the starts. */
export interface Past {
  /** The first start, whose tier goes on. */
  readonly run: RunRecord | null
  /** The most items that a start had: a folder may grow, and a start may be given some of its items only. */
  readonly most: number
  readonly items: ReadonlyMap<string, ItemRecord>
  /** The last joining; null when there was none, or an item was done since. */
  readonly joined: JoinedRecord | null
}

/** @throws OPTION when it is of another identity than this, if any. */
export async function readPast(place: LedgerPlace, identity: Identity | null): Promise<Past & { end: number }> {
  const items = new Map<string, ItemRecord>()
  let run: RunRecord | null = null
  let most = 0
  let joined: JoinedRecord | null = null
  let end = 0
  for await (const read of readRecords(ledgerFile(place))) {
    end = read.end
    if (read.record.type === 'item') {
      if (joined?.complete === true) forgetParts(items)
      items.set(read.record.id, read.record)
      joined = null
    } else if (read.record.type === 'joined') joined = read.record
    else {
      most = Math.max(most, read.record.items)
      run ??= read.record
    }
  }
  if (run !== null && identity !== null) expectSame(run, identity, place.output)
  return { run, most, items, joined, end }
}

/** Once all was joined the parts were removed: an item that was done since is the first of new ones. */
function forgetParts(items: Map<string, ItemRecord>): void {
  for (const [id, record] of items) if (record.state === 'done' && record.offset !== undefined) items.delete(id)
}

/** A ledger that this process owns. Lines are written at once, so that none is torn unless the machine or the process dies. */
export class Ledger implements AsyncDisposable {
  readonly #fd: number
  readonly #owner: Ownership
  readonly #flushing: NodeJS.Timeout
  #flushed: Promise<void> = Promise.resolve()
  #dirty = false
  #end: number

  private constructor(fd: number, end: number, owner: Ownership) {
    this.#fd = fd
    this.#owner = owner
    this.#end = end
    this.#flushing = setInterval(() => void this.#flush(), FLUSH_MS)
    this.#flushing.unref()
  }

  /**
   * Owns the ledger of a folder, whatever is after the last whole line cut off, and tells what it says. With `restart` it is
   * begun anew.
   * @throws BUSY while another process owns it, OPTION when it is of another identity, IO
   */
  static async open(place: LedgerPlace, identity: Identity, restart: boolean): Promise<{ ledger: Ledger; past: Past }> {
    const { state } = place
    const file = ledgerFile(place)
    let owner: Ownership | undefined
    try {
      mkdirSync(state, { recursive: true })
      owner = await Ownership.take(state, place.name, place.output)
      if (owner.mayWake) for (const path of [file, partsFile(place)]) await renew(path)
      if (restart) rmSync(file, { force: true })
      const { end, ...past } = await readPast(place, identity)
      const fd = openSync(file, 'a')
      // Whoever takes over from now on renews the files: what is written to ours is not seen any more.
      await owner.expectOwned()
      ftruncateSync(fd, end)
      return { ledger: new Ledger(fd, end, owner), past }
    } catch (cause) {
      await owner?.leave()
      throw cause instanceof WeftError ? cause : ledgerError(cause)
    }
  }

  /** @throws IO; what was written of the line is cut off again where that is possible, else by the next start. */
  append(record: LedgerRecord): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`)
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#fd, line, done)
      this.#end += line.length
      this.#dirty = true
    } catch (cause) {
      ftruncateSync(this.#fd, this.#end)
      throw ledgerError(cause)
    }
  }

  /** @throws BUSY when another process took this one for dead */
  expectOwned(): Promise<void> {
    return this.#owner.expectOwned()
  }

  async close(): Promise<void> {
    clearInterval(this.#flushing)
    await this.#flush()
    closeSync(this.#fd)
    await this.#owner.leave()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #flush(): Promise<void> {
    if (!this.#dirty) return this.#flushed
    this.#dirty = false
    this.#flushed = this.#flushed.then(() => promisify(fdatasync)(this.#fd)).catch(() => {})
    return this.#flushed
  }
}

/** A copy takes the place of a file: who still has it open writes to what nobody reads. */
async function renew(path: string): Promise<void> {
  if (existsSync(path)) await writeAtomically(path, createReadStream(path))
}

function ledgerError(cause: unknown): WeftError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new WeftError('IO', `cannot write the ledger: ${reason}`, {}, { cause })
}
