// `--summary FILE`: what a run came to, for programs that compare runs.
import { availableParallelism, cpus, totalmem } from 'node:os'
import { writeAtomically } from '@weft/io'
import type { EngineInfo } from '@weft/parallel'
import type { Job } from './job.ts'
import { STAGES, type Stage, type StageTimes } from './stages.ts'
import type { Tally } from './tally.ts'
import { VERSION } from './version.ts'

/** Times are counted in buckets, each 5 % longer than the one before, so that memory does not grow with the items. */
const GROWTH = Math.log(1.05)
const SHORTEST_MS = 0.01

/** Times of many items, of which percentiles are known to 5 %. */
export class Histogram {
  readonly #counts = new Map<number, number>()
  #total = 0

  add(ms: number): void {
    const bucket = ms <= SHORTEST_MS ? 0 : Math.ceil(Math.log(ms / SHORTEST_MS) / GROWTH)
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1)
    this.#total++
  }

  /** At most 5 % more than the time that this share of the items did not exceed; 0 without items. */
  percentile(share: number): number {
    let seen = 0
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      seen += this.#counts.get(bucket) ?? 0
      if (seen >= share * this.#total) return Number((SHORTEST_MS * Math.exp(GROWTH * bucket)).toPrecision(3))
    }
    return 0
  }
}

export class Latencies {
  readonly #stages = Object.fromEntries([...STAGES, 'item'].map((name) => [name, new Histogram()])) as Record<
    Stage | 'item',
    Histogram
  >

  add(ms: number, stages: StageTimes): void {
    this.#stages.item.add(ms)
    for (const stage of STAGES) this.#stages[stage].add(stages[stage])
  }

  /** Milliseconds, of whole items and by stage. */
  percentiles(): object {
    const of = (times: Histogram): object => ({
      p50: times.percentile(0.5),
      p90: times.percentile(0.9),
      p95: times.percentile(0.95),
      p99: times.percentile(0.99),
    })
    return Object.fromEntries(Object.entries(this.#stages).map(([name, times]) => [name, of(times)]))
  }
}

/** @throws IO, NOT_FOUND */
export async function writeSummary(
  path: string,
  job: Job,
  tally: Tally,
  engine: EngineInfo | undefined,
  latencies: Latencies,
  exitCode: number,
): Promise<void> {
  const { items, skipped, done, failed, left, seconds, bytesRead, bytesWritten, rate } = tally
  const summary = {
    tool: 'weft',
    format: 1,
    version: VERSION,
    date: new Date().toISOString(),
    command: ['weft', ...process.argv.slice(2)],
    identity: job.identity.identity,
    work: job.work.name,
    output: job.target.output,
    shard: job.shard,
    exitCode,
    items: { all: items, skipped, done, failed, left },
    seconds,
    itemsPerSecond: rate,
    bytes: { read: bytesRead, written: bytesWritten },
    milliseconds: latencies.percentiles(),
    tier: engine?.tier ?? null,
    threads: engine?.threads ?? null,
    parallel: job.parallel,
    machine: {
      platform: process.platform,
      arch: process.arch,
      processor: cpus()[0]?.model ?? '',
      cores: availableParallelism(),
      memory: totalmem(),
      node: process.version,
    },
  }
  await writeAtomically(path, Buffer.from(`${JSON.stringify(summary, null, 2)}\n`))
}
