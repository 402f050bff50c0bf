// The job: what was asked, resolved to what will be done; nothing is left to default after this.

import { availableParallelism } from 'node:os'
import { type TierChoice, type TierName, WeftError } from '@weft/core'
import { tierOfEnvironment } from '@weft/parallel'
import type { Flags } from './arguments.ts'
import { type Mode, modesOf } from './mode.ts'
import { quoted } from './quote.ts'
import { resolveTarget, suiteNames, type Target } from './suites.ts'
import { defaultThreads } from './threads.ts'
import { checkHtml, checkWritable, STDOUT } from './write.ts'

export interface Job {
  readonly targets: readonly Target[]
  readonly threads: readonly number[]
  readonly modes: readonly Mode[]
  readonly tier: TierChoice
  readonly kernel: string | undefined
  readonly minMs: number
  readonly minRuns: number
  /** Paths; - is standard output. */
  readonly json: string | undefined
  readonly csv: string | undefined
  readonly html: string | undefined
  readonly quiet: boolean
}

/** @throws PROBLEM, OPTION, NOT_FOUND, FORMAT or IO for what cannot be done as it is asked. */
export function resolveJob(targets: readonly string[], flags: Flags): Job {
  if (targets.length === 0) {
    throw new WeftError(
      'OPTION',
      `what should be measured? Give a problem, as 'ic64ih56oc64kh3ph1', or a suite: ${suiteNames().join(', ')}`,
    )
  }
  if (flags.json === STDOUT && flags.csv === STDOUT)
    throw new WeftError('OPTION', 'only one of --json and --csv can be printed with -')
  checkWritable('--json', flags.json)
  checkWritable('--csv', flags.csv)
  checkHtml(flags.html)
  return Object.freeze({
    targets: targets.map(resolveTarget),
    threads: flags.threads ?? defaultThreads(availableParallelism()),
    modes: modesOf(flags.mode),
    tier: flags.tier ?? tierOfEnvironment(),
    kernel: flags.kernel,
    minMs: flags.minMs,
    minRuns: Math.ceil(flags.minRuns),
    json: flags.json,
    csv: flags.csv,
    html: flags.html,
    quiet: flags.quiet,
  })
}

/** Whether results are kept: then more is measured than the table shows. */
export function isKept({ json, html }: Pick<Job, 'json' | 'html'>): boolean {
  return json !== undefined || html !== undefined
}

/**
 * Whether V8 should be told to pair vectors. Not for a narrower tier that is asked for by name: V8 would pair its vectors
 * too, here and there, and the tier would be faster than the one of that name.
 */
export function pairingHelps(tier: TierChoice): boolean {
  return tier === 'auto' || tier === 'wasm' || tier === 'paired'
}

/** The command that repeats a job on the tier that was in force. */
export function commandOf(job: Job, tier: TierName): string {
  const words = ['weft-bench', 'scale', ...job.targets.map(({ name }) => quoted(name)), '--threads', job.threads.join(',')]
  if (job.modes.length === 1) words.push('--mode', job.modes[0])
  words.push('--tier', tier)
  if (job.kernel !== undefined) words.push('--kernel', job.kernel)
  return [...words, '--min-ms', String(job.minMs), '--min-runs', String(job.minRuns)].join(' ')
}
