// Telling what happens: lines of JSON for programs, words for people.
import type { EngineInfo } from '@weft/parallel'
import type { Forecast } from './dry-run.ts'
import type { Failed } from './failure.ts'
import type { BatchFlags } from './flag-types.ts'
import type { Done } from './item.ts'
import type { Job } from './job.ts'
import { forecastLine, forecastText, rounded, summaryLine, summaryText } from './outcome.ts'
import type { Item } from './outputs.ts'
import { Progress } from './progress.ts'
import { addressOf } from './sources/inputs.ts'
import type { Reason } from './stop.ts'
import { Latencies, writeSummary } from './summary.ts'
import type { Tally } from './tally.ts'
import { coloursFor, count, oneLine, wrap } from './text.ts'

export interface Reporter {
  begin(info: EngineInfo, tally: Tally): void
  /** Lines that only `--verbose` shows, once for each topic. */
  explain(topic: string, lines: readonly string[]): void
  item(item: Item, result: Done | Failed, tally: Tally): void
  /** An item failed and is tried again. */
  again(item: Item, result: Failed, pauseMs: number): void
  stopping(reason: Reason, underWay: number): void
  forecast(forecast: Forecast): void
  /** Writes `--summary` too. */
  end(tally: Tally, exitCode: number): Promise<void>
}

const WHY: Readonly<Record<Reason, string>> = {
  SIGINT: 'stopping',
  SIGTERM: 'stopping',
  time: 'stopping at the time limit',
  failures: 'stopping after so many failures',
  full: 'stopping since the disk is full',
}

type ReportFlags = Pick<BatchFlags, 'json' | 'log' | 'quiet' | 'verbose' | 'summary'>

/** The reporter that the flags ask for. Results go to standard output; failures, progress and choices, or the log, to standard error. */
export async function reporterFor(job: Job, flags: ReportFlags): Promise<Reporter> {
  const { json = false, log, quiet = false, verbose } = flags
  if (log === undefined) {
    const shown = !quiet && !(json && process.stdout.isTTY)
    return words(job, flags, await Progress.on(process.stderr, shown))
  }
  const { logged, openLog } = await import('./log.ts')
  return logged(words(job, { ...flags, quiet: true }, SILENT), job, openLog(verbose))
}

/** Where a log tells all. */
const SILENT: Pick<Progress, 'start' | 'step' | 'line' | 'stop'> = { start() {}, step() {}, line() {}, stop() {} }

function words(job: Job, flags: ReportFlags, progress: typeof SILENT): Reporter {
  const { json = false, quiet = false, verbose = false, summary } = flags
  const { red, yellow } = coloursFor(process.stderr)
  const explained = new Set<string>()
  const latencies = new Latencies()
  let engine: EngineInfo | undefined
  return {
    begin(info, tally) {
      engine = info
      if (verbose) {
        progress.line(`${count(info.threads, 'thread')}, ${job.parallel} in parallel, tier ${info.tier}`)
        for (const why of info.why) progress.line(wrap(`  ${why}`, 80, '    '))
      }
      progress.start(tally)
    },
    explain(topic, lines) {
      if (!verbose || explained.has(topic)) return
      explained.add(topic)
      for (const line of lines) progress.line(wrap(line, 80, '      '))
    },
    item(item, result) {
      progress.step()
      if (result.ok) latencies.add(result.ms, result.stages)
      else progress.line(`${red(`failed ${result.code}`)} ${oneLine(result.message)}`)
      const input = addressOf(item)
      if (json) print({ type: 'item', id: item.id, input, ...(result.ok ? told(item, result) : result) })
    },
    again(_, result, pauseMs) {
      progress.line(`${yellow(`again in ${pauseMs / 1000} s ${result.code}`)} ${oneLine(result.message)}`)
    },
    stopping(reason, underWay) {
      const signal = reason === 'SIGINT' || reason === 'SIGTERM'
      const hint = signal ? 'the same signal again stops at once' : 'start again to go on'
      progress.line(`${WHY[reason]}: ${count(underWay, 'item')} under way will be finished; ${hint}`)
    },
    forecast(forecast) {
      for (const { item } of forecast.tasks) {
        if (json) print({ type: 'would', id: item.id, input: addressOf(item), output: item.output })
        else if (!quiet) process.stdout.write(`${oneLine(addressOf(item))} -> ${oneLine(item.output)}\n`)
      }
      if (json) print(forecastLine(forecast))
      else if (flags.log === undefined) process.stdout.write(`${forecastText(forecast)}\n`)
    },
    async end(tally, exitCode) {
      progress.stop()
      if (summary !== undefined) await writeSummary(summary, job, tally, engine, latencies, exitCode)
      if (json) print(summaryLine(tally, job, engine, exitCode))
      else if (!quiet) process.stdout.write(`${summaryText(tally, job, engine)}\n`)
    },
  }
}

function told({ output }: Item, { ok, about, ms, input, placed }: Done): object {
  return { ok, output, ...about, ...rounded({ ms, bytesRead: input.bytes, bytesWritten: placed.bytes }) }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
