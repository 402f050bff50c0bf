// The whole batch: from pictures on the disk to written results, as whole processes from their start to their end.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import type { TierName } from '@weft/core'
import type { Impl } from '../layers/entrant.ts'
import type { Workshop } from '../layers/workshop.ts'
import { counted } from '../layout.ts'
import { peerBatchCommand, WEFT_COMMAND } from '../places.ts'
import type { Progress } from '../progress.ts'
import type { ModelJob } from './job.ts'
import { layOut } from './pictures.ts'

/** The first is thrown away: files and code come into the caches of the system. */
export const BATCH_ROUNDS = 4
const TOP = 5
/** Scores of one rank may differ by so much of the largest. */
const WORST_SCORE = 1e-3
const KEPT = 600

export interface BatchOutcome {
  readonly impl: Impl
  readonly threads: number
  /** Seconds of each process. */
  readonly seconds: number[]
  trouble: string | null
}

interface Line {
  readonly id: string
  readonly top: readonly { readonly class: number; readonly score: number }[]
}

/** Weft's own command, and a plain loop around each peer. */
export async function contestBatch(
  job: ModelJob,
  tier: TierName,
  workshop: Workshop,
  progress: Progress,
): Promise<BatchOutcome[]> {
  const folder = workshop.path('pictures')
  layOut(job.pictures, job.items, folder)
  const started = (['weft', ...job.peers] as const).flatMap((impl) =>
    job.threads.map((threads): BatchOutcome => ({ impl, threads, seconds: [], trouble: null })),
  )
  let first: Line[] | null = null
  for (let round = 0; round < BATCH_ROUNDS; round++) {
    for (const outcome of round % 2 === 0 ? started : started.toReversed()) {
      if (outcome.trouble !== null) continue
      const { impl, threads } = outcome
      progress.say(`batch of ${job.items}, round ${round + 1} of ${BATCH_ROUNDS}: ${impl}, ${counted(threads)}`)
      const results = workshop.path('results.jsonl')
      for (const path of [results, `${results}.weft`]) rmSync(path, { recursive: true, force: true })
      const command =
        impl === 'weft'
          ? [...WEFT_COMMAND, 'run', job.model, folder, '-o', results, ...weftFlags(job, threads, tier)]
          : peerBatchCommand(impl, String(threads), job.model, folder, results, String(sideOf(job)), String(TOP))
      const { seconds, complaint } = await timed(command)
      if (complaint === null && round > 0) outcome.seconds.push(seconds)
      outcome.trouble = complaint
      if (complaint !== null || round > 0) continue
      const lines = linesOf(results)
      outcome.trouble = unlike(lines, first ?? lines, job.items)
      first ??= lines
    }
  }
  return started
}

const sideOf = (job: ModelJob): number => Object.values(job.shapes)[0][2]

function weftFlags(job: ModelJob, threads: number, tier: TierName): string[] {
  const pictures = ['--preset', 'imagenet', '--size', String(sideOf(job))]
  const results = ['--as', 'top', '--top', String(TOP), '--scores', 'raw', '--quiet']
  return [...pictures, ...results, '--threads', String(threads), '--tier', tier]
}

async function timed([command, ...args]: readonly string[]): Promise<{ seconds: number; complaint: string | null }> {
  const begun = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-KEPT)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  const seconds = (performance.now() - begun) / 1000
  return { seconds, complaint: code === 0 ? null : `its process ended with ${signal ?? code}: ${complaint.trim()}` }
}

function linesOf(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Line).sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** In a sentence, where results are not those of weft. */
export function unlike(found: readonly Line[], first: readonly Line[], items: number): string | null {
  if (found.length !== items) return `it wrote ${found.length} results of ${items} items`
  for (const [i, { id, top }] of found.entries()) {
    const wanted = first[i]
    const bound = WORST_SCORE * Math.max(...wanted.top.map(({ score }) => Math.abs(score)))
    const off = Math.max(...wanted.top.map(({ score }, rank) => Math.abs(score - (top[rank]?.score ?? Number.POSITIVE_INFINITY))))
    if (id !== wanted.id || !(off <= bound)) return `its scores of ${id} are ${off.toPrecision(3)} away from those of weft`
  }
  return null
}
