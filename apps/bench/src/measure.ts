// The measurement of a job: engines opened, the peak taken, every problem contested, all closed again.

import { availableParallelism } from 'node:os'
import { TIERS, type TierName, WeftError } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { contest, ROUNDS } from './contest.ts'
import { measureCopy } from './copy-speed.ts'
import { caseResult, targetResult } from './figures.ts'
import { commandOf, isKept, type Job } from './job.ts'
import { counted } from './layout.ts'
import { machineFacts } from './machine.ts'
import { watchOthers } from './others.ts'
import { measurePeak } from './peak.ts'
import type { Progress } from './progress.ts'
import type { Report } from './result.ts'
import { measureRoofs } from './roofs.ts'
import { sentenceOf } from './sentence.ts'
import type { Case, Target } from './suites.ts'
import type { Trial } from './trial.ts'
import { VERSION } from './version.ts'

const PEAK_MS = { least: 20, most: 300 }
/** Of the time for the peak, what each tier has where all are measured. */
const ROOF_PART = 3

/** What one contest left, before the peak is known that it is held against. */
interface Contested {
  readonly target: Target
  readonly cases: readonly { readonly of: Case; readonly trials: readonly Trial[]; readonly trouble: string | null }[]
}

/** @throws TIER or MEMORY when no engine opens; trouble with a problem is in the report. */
export async function measure(job: Job, progress: Progress): Promise<Report> {
  const date = new Date().toISOString()
  const others = watchOthers()
  const opened: { engine: Engine; openMs: number }[] = []
  try {
    for (const threads of job.threads) {
      progress.say(`open ${counted(threads)}`)
      const start = performance.now()
      // The first looks for the tier, the others take the same.
      const engine = await open({ threads, tier: opened[0]?.engine.info.tier ?? job.tier })
      opened.push({ engine, openMs: performance.now() - start })
    }
    const { tier, why } = opened[0].engine.info
    progress.say('peak of a core')
    const peakMs = Math.min(PEAK_MS.most, Math.max(PEAK_MS.least, job.minMs))
    const before = await measurePeak(tier, peakMs)
    const copy = measureCopy()
    const contested: Contested[] = []
    for (const target of job.targets)
      contested.push(
        await contestAll(
          target,
          opened.map(({ engine }) => engine),
          job,
          progress,
        ),
      )
    // Once more at the end, in case the machine was slow at the beginning.
    const after = await measurePeak(tier, peakMs)
    const peak = before === null || after === null ? null : Math.max(before, after)
    const most = Math.min(availableParallelism(), job.threads[job.threads.length - 1])
    // Before the roofs, which a process of its own measures: its time is not this one's.
    const disturbance = others()
    progress.say('what the cores can do')
    const roofs = isKept(job) ? await measureRoofs([...new Set([1, most])], tier, peakMs / ROOF_PART) : []
    const targets = contested.map(({ target, cases }) =>
      targetResult(
        target,
        cases.map(({ of, trials, trouble }) => caseResult(of, trials, trouble, peak)),
        peak,
      ),
    )
    return {
      tool: 'weft-bench',
      format: 2,
      version: VERSION,
      date,
      command: commandOf(job, tier),
      machine: machineFacts(),
      others: disturbance,
      tier: { name: tier, about: TIERS[tier].about, why },
      peak: { gflopsPerCore: peak, how: howPeak(tier) },
      copy,
      roofs,
      settings: {
        threads: job.threads,
        modes: job.modes,
        kernel: job.kernel ?? null,
        minMs: job.minMs,
        minRuns: job.minRuns,
        rounds: ROUNDS,
      },
      engines: opened.map(({ engine, openMs }) => ({ threads: engine.info.threads, openMs })),
      targets,
      failures: targets
        .flatMap(({ cases }) => cases.flatMap((one) => [one, ...one.rows]))
        .filter(({ trouble }) => trouble !== null).length,
    }
  } finally {
    progress.clear()
    for (const { engine } of opened) await engine.close()
  }
}

async function contestAll(target: Target, engines: readonly Engine[], job: Job, progress: Progress): Promise<Contested> {
  const cases: Contested['cases'][number][] = []
  for (const [index, of] of target.cases.entries()) {
    const say = (text: string) => progress.say(`[${index + 1}/${target.cases.length}] ${of.problem.name}: ${text}`)
    try {
      cases.push({ of, trials: await contest(engines, of, job, say), trouble: null })
    } catch (error) {
      // A bad problem does not stop the others; it sets the exit code.
      if (!(error instanceof WeftError)) throw error
      cases.push({ of, trials: [], trouble: sentenceOf(error) })
    }
  }
  return { target, cases }
}

function howPeak(tier: TierName): string {
  if (tier === 'scalar') return 'not measured: the scalar tier has no vectors'
  const operations = TIERS[tier].traits.fused ? 'fused multiply-adds' : 'multiplications and additions'
  return `${operations} on registers alone, one core, tier ${tier}`
}
