// One item from its source to its result: what the batch does for the work, timed by stage.

import { WeftError } from '@weft/core'
import { type Fingerprints, stampOf } from './fingerprint.ts'
import type { Fingerprint, Placed } from './ledger/records.ts'
import type { Item } from './outputs.ts'
import type { Sink } from './sinks/sink.ts'
import type { Reader } from './sources/read.ts'
import { type StageTimes, Stopwatch } from './stages.ts'
import type { Hands, Plain, Station } from './work.ts'

export interface Done {
  readonly ok: true
  /** What the work tells of it. */
  readonly about: Readonly<Record<string, Plain>>
  readonly ms: number
  readonly stages: StageTimes
  readonly input: Fingerprint
  readonly placed: Placed
}

/** What every item of a run goes through. */
export interface Line {
  readonly station: Station
  readonly sink: Sink
  readonly fingerprints: Fingerprints
  readonly reader: Reader
}

/** @throws what reading, the work or writing throws; IO when the input changes meanwhile. */
export async function processItem(item: Item, { station, sink, fingerprints, reader }: Line, signal: AbortSignal): Promise<Done> {
  if (item.problem !== undefined) throw item.problem
  const watch = new Stopwatch()
  let placed: Placed | undefined
  const input = await watch.time('read', () => fingerprints.of(item.path))
  const read: Hands['read'] = (request) => watch.time('decode', () => reader.read(item, input, request))
  const readNamed: Hands['readNamed'] = (names, taker) => watch.time('decode', () => reader.readNamed(item, input, names, taker))
  const write: Hands['write'] = async (result) => {
    const encoded = await watch.time('encode', () => sink.encode(item, result))
    await expectUnchanged(item, input)
    signal.throwIfAborted()
    placed = await watch.time('write', () => sink.put(item, encoded))
  }
  const about = await station.process(item, { signal, read, readNamed, write })
  if (placed === undefined) throw new WeftError('INTERNAL', `${item.path}: the work ended without a result`)
  return { ok: true, about, ms: watch.ms, stages: watch.stages, input, placed }
}

async function expectUnchanged({ path }: Item, before: Fingerprint): Promise<void> {
  const now = await stampOf(path)
  if (now.bytes === before.bytes && now.mtimeMs === before.mtimeMs) return
  throw new WeftError('IO', `${path} changed while it was read; it is done when the command is started again`, { path })
}
