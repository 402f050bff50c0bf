// The job of `layers`: what was asked, resolved to what will be done.

import { availableParallelism } from 'node:os'
import { type Problem, parseProblem, type TierChoice } from '@weft/core'
import { tierOfEnvironment } from '@weft/parallel'
import { quoted } from '../quote.ts'
import { type Case, distinct, resolveTarget } from '../suites.ts'
import { checkHtml, checkWritable } from '../write.ts'
import { expectInstalled, type PeerName } from './peers.ts'

export interface LayersFlags {
  readonly suite: readonly string[]
  readonly threads?: readonly number[]
  readonly batch: number
  readonly peers: readonly PeerName[]
  readonly tier?: TierChoice | undefined
  readonly minMs: number
  readonly minRuns: number
  readonly json?: string
  readonly html?: string
  readonly quiet: boolean
}

export interface LayersJob extends Omit<LayersFlags, 'tier' | 'json' | 'html'> {
  readonly tier: TierChoice
  readonly threads: readonly number[]
  readonly json: string | undefined
  readonly html: string | undefined
  readonly cases: readonly Case[]
}

/** @throws PROBLEM, OPTION, NOT_FOUND, FORMAT or IO for what cannot be done as it is asked; a peer that is missing is NOT_FOUND. */
export function resolveLayersJob(flags: LayersFlags): LayersJob {
  checkWritable('--json', flags.json)
  checkHtml(flags.html)
  const cases = distinct(flags.suite.flatMap((name) => resolveTarget(name).cases)).map(({ problem, count }) => ({
    problem: withBatch(problem, flags.batch),
    count,
  }))
  expectInstalled(flags.peers)
  const cores = availableParallelism()
  return Object.freeze({
    ...flags,
    tier: flags.tier ?? tierOfEnvironment(),
    minRuns: Math.ceil(flags.minRuns),
    threads: flags.threads ?? [...new Set([1, cores])],
    json: flags.json,
    html: flags.html,
    cases,
  })
}

/** The same convolution on so many items. */
export function withBatch(problem: Problem, batch: number): Problem {
  if (problem.descriptor.batch === batch) return problem
  const [, sizes, name] = /^(.*?)(_?n".*)?$/.exec(problem.text) as RegExpExecArray
  return parseProblem(`mb${batch}_${sizes.replace(/_?mb\d+/, '').replace(/^_/, '')}${name ?? ''}`)
}

/** The command that repeats a job. */
export function layersCommand(job: LayersJob): string {
  const words = ['weft-bench', 'layers', '--suite', quoted(job.suite.join(',')), '--threads', job.threads.join(',')]
  words.push('--batch', String(job.batch), '--peers', job.peers.join(',') || 'none', '--tier', job.tier)
  return [...words, '--min-ms', String(job.minMs), '--min-runs', String(job.minRuns)].join(' ')
}
