// What a run came to, or would come to, in words and as a line of JSON.
import type { EngineInfo } from '@weft/parallel'
import type { Forecast } from './dry-run.ts'
import type { Job } from './job.ts'
import type { Tally } from './tally.ts'
import { coloursFor, count, megabytes, oneLine } from './text.ts'

export function summaryLine(tally: Tally, job: Job, engine: EngineInfo | undefined, exitCode: number): object {
  const { items, skipped, done, failed, seconds, bytesRead, bytesWritten, rate } = tally
  return {
    type: 'summary',
    ...rounded({ items, skipped, done, failed, left: tally.left, seconds, bytesRead, bytesWritten }),
    itemsPerSecond: rate,
    ...(engine === undefined ? {} : { threads: engine.threads, tier: engine.tier }),
    parallel: job.parallel,
    ...(job.shard === null ? {} : { shard: `${job.shard.index}/${job.shard.count}` }),
    folder: job.target.output,
    exitCode,
  }
}

export function forecastLine({ items, skipped, tasks, bytesToRead, measured, seconds }: Forecast): object {
  const bytesToWrite = measured.done === 0 ? null : (measured.bytesWritten / measured.done) * tasks.length
  return {
    type: 'forecast',
    ...rounded({ items, skipped, todo: tasks.length, bytesToRead, bytesToWrite, seconds, measured: measured.done }),
  }
}

export function forecastText({ items, skipped, tasks, bytesToRead, measured, seconds }: Forecast): string {
  const before = skipped === 0 ? '' : `, ${skipped} were done before`
  const what = `would do ${tasks.length} of ${count(items, 'item')}${before}: ${megabytes(bytesToRead)} to read`
  if (seconds === null) return what
  const size = megabytes((measured.bytesWritten / measured.done) * tasks.length)
  return `${what}, about ${size} to write\nabout ${seconds.toFixed(1)} s, by ${count(measured.done, 'item')} in ${measured.seconds.toFixed(1)} s`
}

export function summaryText(tally: Tally, job: Job, engine: EngineInfo | undefined): string {
  const { green, red } = coloursFor(process.stdout)
  if (job.list.length === 0) {
    const none = job.target.joined === null ? '' : `; ${job.target.joined.path} is not written`
    return green(`nothing to do: the list of inputs is empty${none}`)
  }
  const outcome = [
    green(`${tally.done} of ${count(tally.items, 'item')} done`),
    ...(tally.skipped === 0 ? [] : [green(`${tally.skipped} were done before`)]),
    ...(tally.failed === 0 ? [] : [red(`${tally.failed} failed, named above`)]),
    ...(tally.left === 0 ? [] : [red(`${tally.left} not begun`)]),
  ]
  const sizes = `${megabytes(tally.bytesRead)} read, ${megabytes(tally.bytesWritten)} written`
  return [
    outcome.join(', '),
    ...(engine === undefined
      ? []
      : [
          `${tally.seconds.toFixed(2)} s, ${tally.rate} items/s, ${sizes}`,
          `${count(engine.threads, 'thread')}, ${job.parallel} in parallel, tier ${engine.tier}`,
        ]),
    ...(job.shard === null ? [] : [`shard ${job.shard.index} of ${job.shard.count}; when all are done: weft merge`]),
    `results: ${oneLine(job.target.output)}`,
  ].join('\n')
}

/** To thousandths. */
export function rounded<T extends object>(values: T): T {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  ])
  return Object.fromEntries(entries) as T
}
