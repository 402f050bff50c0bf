// `--dry-run`: what would be done, how much it is, and how long it would take by a short measurement. Writes nothing.
import { stat } from 'node:fs/promises'
import { open } from '@weft/parallel'
import { Attempts } from './attempts.ts'
import { Fingerprints } from './fingerprint.ts'
import type { Job } from './job.ts'
import type { Task } from './ledger/plan.ts'
import { Gate, inFlight } from './pool.ts'
import { peek } from './prepare.ts'
import type { Reporter } from './report.ts'
import { lengthOf, type Sink } from './sinks/sink.ts'
import { Reader } from './sources/read.ts'
import type { Stop } from './stop.ts'
import { Tally } from './tally.ts'

/** As long as is measured, and the fewest items. */
const MEASURE_MS = 2_000
const FEWEST = 3

export interface Forecast {
  readonly items: number
  readonly skipped: number
  readonly tasks: readonly Task[]
  readonly bytesToRead: number
  /** Of the items that were measured. */
  readonly measured: Tally
  /** Seconds of the whole; null when no item that was measured could be done. */
  readonly seconds: number | null
}

export async function forecast(job: Job, reporter: Reporter, stop: Stop): Promise<Forecast> {
  const { plan, sink } = await peek(job)
  const { tasks, skipped } = plan
  let bytesToRead = 0
  await inFlight(
    new Set(tasks.map(({ item }) => item.path)),
    16,
    () => false,
    async (path) => {
      const found = await stat(path).catch(() => null)
      bytesToRead += found?.size ?? 0
    },
  )
  const measured = await measure(job, tasks, sink, reporter, stop)
  const seconds = measured.done === 0 ? null : (measured.seconds / measured.done) * tasks.length
  return { items: job.items.length, skipped, tasks, bytesToRead, measured, seconds }
}

/** The first items as in a run, but for the writing. */
async function measure(job: Job, tasks: readonly Task[], files: Sink, reporter: Reporter, stop: Stop): Promise<Tally> {
  const tally = new Tally(tasks.length, 0)
  if (tasks.length === 0) return tally
  await using engine = await open(job.engine)
  const { parallel } = job
  const station = job.work.open({ engine, parallel, explain: (topic, lines) => reporter.explain(topic, lines) })
  const reader = new Reader(
    tasks.map(({ item }) => item),
    job.maxPixels,
  )
  const line = { station, sink: discarding(files), fingerprints: new Fingerprints(), reader }
  const attempts = new Attempts(line, new Gate(), job.timeoutMs)
  const begun = performance.now()
  const passed = (): number => performance.now() - begun
  await inFlight(
    tasks,
    2 * engine.info.threads + 2,
    () => stop.reason !== null || (passed() > MEASURE_MS && tally.done + tally.failed >= FEWEST),
    async ({ item }) => tally.count((await attempts.once(item)).result),
  )
  tally.seconds = passed() / 1000
  await reader.close()
  await station.clear()
  return tally
}

/** Takes results and keeps nothing. */
function discarding(sink: Sink): Sink {
  return {
    encode: (item, result) => sink.encode(item, result),
    put: async ({ below }, { pieces }) => ({ output: below, bytes: lengthOf(pieces), hash: '' }),
    holds: async () => false,
    begin: async () => {},
    close: async () => {},
  }
}
