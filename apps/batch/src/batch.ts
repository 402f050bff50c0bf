// A run: what is left to do through the engine, bounded in number, whatever happens to single items, every end in the ledger.
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { WeftError } from '@weft/core'
import type { Engine, EngineOptions } from '@weft/parallel'
import { type Attempt, Attempts, pause, pauseBefore } from './attempts.ts'
import { type Engines, OWN_ENGINE } from './engines.ts'
import type { Failed } from './failure.ts'
import type { Fingerprints } from './fingerprint.ts'
import type { Done } from './item.ts'
import type { Job } from './job.ts'
import { keepLean } from './lean.ts'
import { joinResults } from './ledger/join.ts'
import { type Ledger, partsFile } from './ledger/ledger.ts'
import { digestOfList } from './ledger/list.ts'
import type { Plan, Task } from './ledger/plan.ts'
import type { ItemRecord } from './ledger/records.ts'
import { Gate, inFlight } from './pool.ts'
import { prepare } from './prepare.ts'
import type { Reporter } from './report.ts'
import type { Sink } from './sinks/sink.ts'
import { addressOf } from './sources/inputs.ts'
import { Reader } from './sources/read.ts'
import type { Stop } from './stop.ts'
import { Tally } from './tally.ts'

/** @throws what opening the ledger or the engine or making the output folder throws; what befalls an item is reported. */
export async function runJob(job: Job, reporter: Reporter, stop: Stop, engines: Engines = OWN_ENGINE): Promise<Tally> {
  const { ledger, sink, fingerprints, plan, tier, joined, list } = await prepare(job)
  try {
    const tally = new Tally(job.items.length, plan.skipped)
    const parts = { ledger, sink, fingerprints, reporter, stop, tally, list }
    if (plan.tasks.length > 0) await compute(job, plan, parts, tier, engines)
    if (!joined && stop.reason === null && tally.left === 0) await joinParts(job, list, ledger)
    return tally
  } finally {
    await sink.close()
    await ledger.close()
  }
}

/** Once all results are in the one file the parts are of no more use. Those of shards are joined by `weft merge`. */
async function joinParts({ target, name, shard }: Job, list: Job['list'], ledger: Ledger): Promise<void> {
  if (target.joined === null || shard !== null) return
  await ledger.expectOwned()
  const ids = list.map(({ id }) => id)
  const record = await joinResults(target, target.joined, ids, [name])
  ledger.append(record)
  if (record.complete) await rm(partsFile({ state: target.state, name }), { force: true })
}

interface Parts {
  readonly ledger: Ledger
  readonly sink: Sink
  readonly fingerprints: Fingerprints
  readonly reporter: Reporter
  readonly stop: Stop
  readonly tally: Tally
  /** All items of the output, in their order. */
  readonly list: Job['list']
}

async function compute(job: Job, { tasks }: Plan, parts: Parts, tier: string | undefined, engines: Engines): Promise<void> {
  const { ledger, sink, fingerprints, reporter, stop, tally } = parts
  await sink.begin(
    tasks.map(({ item }) => item),
    () => ledger.expectOwned(),
  )
  const engine = await takeEngine(job.engine, tier, engines)
  try {
    const { info } = engine
    const at = new Date().toISOString()
    const list = digestOfList(parts.list)
    ledger.append({ type: 'run', ...job.identity, tier: info.tier, threads: info.threads, items: job.items.length, list, at })
    reporter.begin(info, tally)
    const { parallel } = job
    const station = job.work.open({ engine, parallel, explain: (topic, lines) => reporter.explain(topic, lines) })
    const reader = new Reader(
      tasks.map(({ item }) => item),
      job.maxPixels,
    )
    const attempts = new Attempts({ station, sink, fingerprints, reader }, new Gate(), job.timeoutMs)
    keepLean()
    const begun = performance.now()
    const timer = job.limitMs === undefined ? undefined : setTimeout(() => stop.because('time'), job.limitMs)
    try {
      await runTasks(job, tasks, attempts, parts)
    } finally {
      clearTimeout(timer)
      tally.seconds = (performance.now() - begun) / 1000
      tally.abandoned = attempts.abandoned.size > 0
      await reader.close()
      await station.clear()
    }
  } finally {
    await engines.give(engine)
  }
}

/** Bytes of a picture as a network takes it of which twice as many may wait. */
const SMALL_PICTURE = 4 * 2 ** 20

/**
 * Items for each thread, one computed and the others decoded, encoded or waiting; the rest of the files only have names. Small pictures are
 * decoded ahead while the first one makes the network ready; but not where an item that waits would run out of its time.
 */
export function aheadOf({ work, timeoutMs }: Pick<Job, 'work' | 'timeoutMs'>): number {
  const small = work.pictureBytes !== undefined && work.pictureBytes <= SMALL_PICTURE
  return small && timeoutMs === undefined ? 4 : 2
}

async function runTasks(job: Job, tasks: readonly Task[], attempts: Attempts, parts: Parts): Promise<void> {
  const { reporter, stop, tally } = parts
  const { threads = availableParallelism() } = job.engine
  await inFlight(
    tasks,
    aheadOf(job) * (threads + 1),
    () => stop.reason !== null,
    async (task) => {
      stop.writing.add(task.item.output)
      try {
        const result = await finish(job, task, attempts, parts)
        tally.count(result)
        reporter.item(task.item, result, tally)
      } finally {
        stop.writing.delete(task.item.output)
      }
      if (tally.failed > job.mayFail) stop.because('failures')
    },
  )
}

/** Tries one item until it is done, cannot be, or was tried often enough; each attempt is a line of the ledger. */
async function finish(job: Job, { item, attempts: before }: Task, attempts: Attempts, parts: Parts): Promise<Done | Failed> {
  const { ledger, reporter, stop } = parts
  for (let repetition = 0; ; repetition++) {
    const begun = performance.now()
    const { result, full }: Attempt = await attempts.once(item)
    if (full) stop.because('full')
    const common = { type: 'item', id: item.id, attempt: before + repetition + 1, at: new Date().toISOString() } as const
    const ms = Math.round(performance.now() - begun)
    ledger.append(recordOf(common, ms, addressOf(item), result))
    if (result.ok || !result.retryable || repetition >= job.retries || stop.reason !== null) return result
    const rest = pauseBefore(repetition)
    reporter.again(item, result, rest)
    await pause(rest, stop.signal)
  }
}

type Common = Pick<ItemRecord, 'type' | 'id' | 'attempt' | 'at'>

function recordOf(common: Common, ms: number, path: string, result: Done | Failed): ItemRecord {
  if (result.ok) return { ...common, state: 'done', input: result.input, ...result.placed, ms }
  return { ...common, state: 'failed', path, code: result.code, message: result.message, ms }
}

/** The tier that began the results goes on with them: another one may round otherwise. */
async function takeEngine(options: EngineOptions, tier: string | undefined, engines: Engines): Promise<Engine> {
  if (tier === undefined) return await engines.take(options)
  try {
    return await engines.take({ ...options, tier: tier as NonNullable<EngineOptions['tier']> })
  } catch (cause) {
    if (!(cause instanceof WeftError) || cause.code !== 'TIER') throw cause
    const remedy = 'go on where it is, or give --restart to begin anew'
    throw new WeftError('TIER', `the results were begun with tier ${tier}: ${cause.message}; ${remedy}`, { tier }, { cause })
  }
}
