// `--log json`: a line of JSON by pino for each event of a run, on standard error, as collectors of logs take them.
import { toWire } from '@weft/core'
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'
import { exitCodeOf } from './exit-codes.ts'
import type { Failed } from './failure.ts'
import type { Job } from './job.ts'
import { forecastLine, rounded, summaryLine } from './outcome.ts'
import type { Item } from './outputs.ts'
import type { Reporter } from './report.ts'
import { addressOf } from './sources/inputs.ts'
import { count } from './text.ts'

/** Levels by name, times of ISO 8601; written at once, so that the last line before an end is not lost. */
export function openLog(verbose = false): Logger {
  const options = {
    name: 'weft',
    level: verbose ? 'debug' : 'info',
    timestamp: stdTimeFunctions.isoTime,
    // Errors come as plain values; pino's own way adds a type and an empty stack.
    serializers: { err: (err: object) => err },
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return pino(options, destination({ dest: 2, sync: true }))
}

/** Tells the log what `inner` is told, too. */
export function logged(inner: Reporter, job: Job, log: Logger): Reporter {
  const run = log.child({ run: job.identity.identity.slice(0, 12), ...(job.shard === null ? {} : { shard: job.shard.index }) })
  let engine: Parameters<Reporter['begin']>[0] | undefined
  run.info(
    { event: 'run.started', work: job.work.name, items: job.items.length, output: job.target.output },
    `${job.work.name}: ${count(job.items.length, 'item')}`,
  )
  return {
    begin(info, tally) {
      engine = info
      const { tier, threads, why } = info
      run.info({ event: 'engine.opened', tier, threads, parallel: job.parallel, why, skipped: tally.skipped }, `tier ${tier}`)
      inner.begin(info, tally)
    },
    explain(topic, lines) {
      run.debug({ event: 'explained', topic, lines }, topic)
      inner.explain(topic, lines)
    },
    item(item, result, tally) {
      if (result.ok) {
        const { ms, stages, about, input, placed } = result
        const sizes = { bytesRead: input.bytes, bytesWritten: placed.bytes }
        const times = { ...rounded({ ms }), stages: rounded({ ...stages }), ...sizes }
        run.info({ event: 'item.done', ...named(item), output: item.output, ...times, about }, `done ${item.id}`)
      } else run.error({ event: 'item.failed', ...named(item), ...wrong(result) }, `failed ${item.id}`)
      inner.item(item, result, tally)
    },
    again(item, result, pauseMs) {
      run.warn({ event: 'item.retried', ...named(item), pauseMs, ...wrong(result) }, `again ${item.id}`)
      inner.again(item, result, pauseMs)
    },
    stopping(reason, underWay) {
      run.warn({ event: 'run.stopping', reason, underWay }, `stopping: ${reason}`)
      inner.stopping(reason, underWay)
    },
    forecast(forecast) {
      run.info({ event: 'run.forecast', ...forecastLine(forecast) }, `would do ${count(forecast.tasks.length, 'item')}`)
      inner.forecast(forecast)
    },
    async end(tally, exitCode) {
      await inner.end(tally, exitCode)
      const { type: _, ...outcome } = summaryLine(tally, job, engine, exitCode) as { type: string }
      const level = exitCode === 0 ? 'info' : 'error'
      run[level]({ event: 'run.ended', ...outcome }, `exit code ${exitCode}: ${tally.done} done, ${tally.failed} failed`)
    },
  }
}

/** An error that ends the command. */
export function logFatal(log: Logger, error: unknown): void {
  const { code, message } = toWire(error)
  const stack = code === 'INTERNAL' && error instanceof Error ? error.stack : undefined
  log.fatal({ event: 'run.ended', exitCode: exitCodeOf(error), err: { code, message, stack } }, message)
}

function named(item: Item): { id: string; input: string } {
  return { id: item.id, input: addressOf(item) }
}

function wrong({ code, message, retryable }: Failed): { err: { code: string; message: string }; retryable: boolean } {
  return { err: { code, message }, retryable }
}
