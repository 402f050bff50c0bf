// One item from its source to its result: what the batch does for the work, timed by stage.

import { WeftError } from '@weft/core'
import { changed, type Fingerprints, readWhole, stampOf } from './fingerprint.ts'
import type { Fingerprint, Placed } from './ledger/records.ts'
import type { Item } from './outputs.ts'
import type { Sink } from './sinks/sink.ts'
import type { Reader, Source } from './sources/read.ts'
import { type StageTimes, Stopwatch } from './stages.ts'
import type { Hands, Plain, Station } from './work.ts'

/** Bytes of a picture that are held from its hash to its result. */
const MOST_HELD = 2 ** 22

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
  const { input, bytes } = await watch.time('read', () => sourceOf(item, fingerprints))
  const read: Hands['read'] = (request) => watch.time('decode', () => reader.read(item, { input, bytes }, request))
  const readNamed: Hands['readNamed'] = (names, taker) => watch.time('decode', () => reader.readNamed(item, input, names, taker))
  const write: Hands['write'] = async (result) => {
    const encoded = await watch.time('encode', () => sink.encode(item, result))
    if (bytes === null) await expectUnchanged(item, input)
    signal.throwIfAborted()
    placed = await watch.time('write', () => sink.put(item, encoded))
  }
  const about = await station.process(item, { signal, read, readNamed, write })
  if (placed === undefined) throw new WeftError('INTERNAL', `${item.path}: the work ended without a result`)
  return { ok: true, about, ms: watch.ms, stages: watch.stages, input, placed }
}

/** A picture is read once, hashed and decoded from the same bytes; of other files only the hash is taken, and parts are read later. */
async function sourceOf({ path, part, picture }: Item, fingerprints: Fingerprints): Promise<Source> {
  const whole = picture && part === undefined ? await readWhole(path, MOST_HELD) : null
  return whole ?? { input: await fingerprints.of(path), bytes: null }
}

async function expectUnchanged({ path }: Item, before: Fingerprint): Promise<void> {
  const now = await stampOf(path)
  if (now.bytes !== before.bytes || now.mtimeMs !== before.mtimeMs) throw changed(path)
}
