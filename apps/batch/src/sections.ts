// The order of `--help`: the sections of flags that all commands that run a batch have.
import type { BatchFlags } from './flag-types.ts'

export type Section<Name extends string> = readonly [string, readonly Name[]]

export const ALL_SECTIONS: readonly Section<keyof BatchFlags>[] = [
  ['FILES', ['output', 'batchAxis', 'every', 'from', 'to', 'maxPixels', 'format', 'quality']],
  ['STARTING AGAIN', ['restart', 'verify', 'retryFailed', 'dryRun', 'retries', 'haltAfter', 'timeout', 'timeLimit']],
  ['RUNNING', ['threads', 'tier', 'parallel', 'shard', 'json', 'log', 'summary', 'quiet', 'verbose']],
]
