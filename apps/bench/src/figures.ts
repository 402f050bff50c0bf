// From trials to results: GFLOP/s, speed-up, efficiency, share of the peak, and the totals of a suite.
import { costOf } from '@weft/core'
import type { Mode } from './mode.ts'
import type { CaseResult, Figures, Row, TargetResult, Total } from './result.ts'
import { keptRounds } from './rounds.ts'
import { summarise } from './statistics.ts'
import { type Case, macsOf, type Target } from './suites.ts'
import type { Trial } from './trial.ts'

/** @param single median milliseconds of one thread the same way */
export function figuresOf(flops: number, ms: number, threads: number, single: number | null, peak: number | null): Figures {
  const gflops = flops / ms / 1e6
  const speedup = single === null ? null : single / ms
  return {
    gflops,
    speedup,
    efficiency: speedup === null ? null : speedup / threads,
    peakShare: peak === null ? null : gflops / threads / peak,
  }
}

/** What is read of a trial. */
export type Outcome = Pick<
  Trial,
  'mode' | 'threads' | 'copies' | 'rounds' | 'prepareMs' | 'firstRunMs' | 'selection' | 'where' | 'identical' | 'trouble'
>

export function caseResult(
  { problem, count }: Case,
  outcomes: readonly Outcome[],
  trouble: string | null,
  peak: number | null,
): CaseResult {
  const d = problem.descriptor
  const cost = costOf(d)
  const summaries = outcomes.map(({ rounds, trouble }) =>
    trouble === null && rounds.length > 0 ? summarise(rounds.flat()) : null,
  )
  const singles = new Map<Mode, number | null>()
  for (const [index, { mode, threads }] of outcomes.entries()) if (threads === 1) singles.set(mode, summaries[index]?.p50 ?? null)
  const rows = outcomes.map((outcome, index): Row => {
    const { mode, threads, copies, prepareMs, firstRunMs } = outcome
    const ms = summaries[index]
    return {
      mode,
      threads,
      batch: copies * d.batch,
      kernel: outcome.selection?.kernel ?? null,
      prepareMs,
      firstRunMs,
      ms,
      rounds: ms === null ? [] : keptRounds(outcome.rounds),
      figures: ms === null ? null : figuresOf(cost.flops, ms.p50, threads, singles.get(mode) ?? null, peak),
      where: outcome.where,
      identical: outcome.identical,
      trouble: outcome.trouble,
    }
  })
  return {
    problem: problem.text,
    name: problem.name,
    count,
    xShape: d.xShape,
    weightShape: d.weightShape,
    yShape: d.yShape,
    ...cost,
    kernel: rows.find(({ kernel }) => kernel !== null)?.kernel ?? null,
    refusals: outcomes.find(({ selection }) => selection !== null)?.selection?.refusals ?? [],
    rows,
    trouble,
  }
}

export function targetResult(target: Target, cases: readonly CaseResult[], peak: number | null): TargetResult {
  return {
    name: target.name,
    convolutions: target.cases.reduce((sum, { count }) => sum + count, 0),
    macs: macsOf(target.cases),
    cases,
    totals: target.suite ? totalsOf(cases, peak) : [],
  }
}

/** One a way and thread count; none where a case has no time for it. */
export function totalsOf(cases: readonly CaseResult[], peak: number | null): Total[] {
  const flops = cases.reduce((sum, { count, flops }) => sum + count * flops, 0)
  const singles = new Map<Mode, number>()
  return (cases[0]?.rows ?? []).flatMap(({ mode, threads }, index) => {
    const medians = cases.map(({ count, rows }) => (rows[index]?.ms?.p50 ?? Number.NaN) * count)
    const ms = medians.reduce((sum, median) => sum + median, 0)
    if (Number.isNaN(ms)) return []
    if (threads === 1) singles.set(mode, ms)
    return [{ mode, threads, ms, figures: figuresOf(flops, ms, threads, singles.get(mode) ?? null, peak) }]
  })
}
