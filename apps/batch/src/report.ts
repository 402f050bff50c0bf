// Telling what happens: lines of JSON for programs, words for people.
import type { EngineInfo } from '@weft/parallel'
import type { Tally } from './batch.ts'
import type { BatchFlags } from './flag-types.ts'
import type { Done, Failed } from './item.ts'
import type { Job } from './job.ts'
import type { Item } from './outputs.ts'
import { Progress } from './progress.ts'
import { coloursFor, count, megabytes, oneLine, wrap } from './text.ts'

export interface Reporter {
  begin(info: EngineInfo): void
  /** Lines that only `--verbose` shows, once for each topic. */
  explain(topic: string, lines: readonly string[]): void
  item(item: Item, result: Done | Failed): void
  stopping(underWay: number): void
  end(tally: Tally, exitCode: number): void
}

/** The reporter that the flags ask for. Results go to standard output; failures, progress and choices to standard error. */
export function reporterFor(job: Job, flags: Pick<BatchFlags, 'json' | 'quiet' | 'verbose'>): Reporter {
  const { json = false, quiet = false, verbose = false } = flags
  const red = coloursFor(process.stderr).red
  const progress = new Progress(job.items.length, process.stderr, !quiet && !(json && process.stdout.isTTY))
  const explained = new Set<string>()
  let engine: EngineInfo | undefined
  return {
    begin(info) {
      engine = info
      if (verbose) {
        progress.line(`${count(info.threads, 'thread')}, ${job.parallel} in parallel, tier ${info.tier}`)
        for (const why of info.why) progress.line(wrap(`  ${why}`, 80, '    '))
      }
      progress.start()
    },
    explain(topic, lines) {
      if (!verbose || explained.has(topic)) return
      explained.add(topic)
      for (const line of lines) progress.line(wrap(line, 80, '      '))
    },
    item(item, result) {
      progress.step()
      if (!result.ok) progress.line(`${red(`failed ${result.code}`)} ${oneLine(result.message)}`)
      if (json)
        print({
          type: 'item',
          input: item.entry === undefined ? item.path : `${item.path}:${item.entry}`,
          ...(result.ok ? told(item, result) : result),
        })
    },
    stopping: (underWay) =>
      progress.line(`stopping: ${count(underWay, 'item')} under way will be finished; the same signal again stops at once`),
    end(tally, exitCode) {
      progress.stop()
      const { threads, tier } = engine as EngineInfo
      if (json)
        print({
          type: 'summary',
          ...rounded(tally),
          itemsPerSecond: rate(tally),
          threads,
          tier,
          parallel: job.parallel,
          folder: job.folder,
          exitCode,
        })
      else if (!quiet) process.stdout.write(`${summary(tally, job, threads, tier)}\n`)
    },
  }
}

function summary(tally: Tally, job: Job, threads: number, tier: string): string {
  const { green, red } = coloursFor(process.stdout)
  const left = tally.items - tally.done - tally.failed
  const outcome = [
    green(`${tally.done} of ${count(tally.items, 'item')} done`),
    ...(tally.failed === 0 ? [] : [red(`${tally.failed} failed, named above`)]),
    ...(left === 0 ? [] : [red(`${left} not begun`)]),
  ]
  const sizes = `${megabytes(tally.bytesRead)} read, ${megabytes(tally.bytesWritten)} written`
  return [
    outcome.join(', '),
    `${tally.seconds.toFixed(2)} s, ${rate(tally)} items/s, ${sizes}`,
    `${count(threads, 'thread')}, ${job.parallel} in parallel, tier ${tier}`,
    `results: ${oneLine(job.folder)}`,
  ].join('\n')
}

/** Items a second, to three digits. */
function rate({ done, seconds }: Tally): number {
  return Number((done / Math.max(seconds, 1e-3)).toPrecision(3))
}

function told({ output }: Item, { ok, about, ms, bytesRead, bytesWritten }: Done): object {
  return { ok, output, ...about, ...rounded({ ms, bytesRead, bytesWritten }) }
}

function rounded<T extends object>(values: T): T {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  ])
  return Object.fromEntries(entries) as T
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
