// From outcomes to rows, from rows to ratios, from ratios to geometric means.
import { type ConvCost, costOf } from '@weft/core'
import { keptRounds } from '../rounds.ts'
import { quantile } from '../statistics.ts'
import type { Case } from '../suites.ts'
import { CLASSES, classesOf } from './classes.ts'
import type { Outcome } from './entrant.ts'
import { type Bound, boundOf } from './limits.ts'
import { PEER_NAMES, PEERS, type PeerName } from './peers.ts'
import type { Limits } from './protocol.ts'
import type { ByThreads, LayerResult, LayersReport, Ratios, Rival, Row } from './result.ts'

/** Layers that take less on one thread are not asked how they scale. */
export const SCALING_MS = 2

export const RIVALS: Readonly<Record<Rival, readonly PeerName[]>> = {
  ...(Object.fromEntries(PEER_NAMES.map((name) => [name, [name]])) as unknown as Record<PeerName, [PeerName]>),
  'best-native': PEER_NAMES.filter((name) => PEERS[name].kind === 'native'),
  'best-portable': PEER_NAMES.filter((name) => PEERS[name].kind === 'portable'),
  best: PEER_NAMES,
}
const RIVAL_NAMES = Object.keys(RIVALS) as Rival[]

/** The rows of one layer. @param threads what the outcome stands for: all counts, for a peer of one thread */
export function rowOf({ problem }: Case, outcome: Outcome, threads: number, cost: ConvCost, bound: Bound | null): Row {
  const { impl, kernel, rounds, where, error, unsupported, trouble } = outcome
  const timed = trouble === null && unsupported === null ? rounds : []
  const sorted = Float64Array.from(timed.flat()).sort()
  const at = (part: number) => (sorted.length === 0 ? null : quantile(sorted, part))
  const [bestMs, low, medianMs, high] = [at(0), at(0.1), at(0.5), at(0.9)]
  const gflops = medianMs === null ? null : cost.flops / medianMs / 1e6
  return {
    problem: problem.text,
    name: problem.name,
    threads,
    impl,
    ownThreads: outcome.threads,
    kernel,
    medianMs,
    bestMs,
    spread: medianMs === null ? null : ((high as number) - (low as number)) / medianMs,
    runs: sorted.length,
    rounds: keptRounds(timed),
    where,
    gflops,
    boundShare: gflops === null || bound === null ? null : gflops / bound.gflops,
    error,
    unsupported,
    trouble,
  }
}

export function layerResult(
  of: Case,
  outcomes: readonly Outcome[],
  limits: Readonly<Record<string, Limits>>,
): { readonly layer: LayerResult; readonly rows: readonly Row[] } {
  const { problem } = of
  const cost = costOf(problem.descriptor)
  const counts = Object.keys(limits).map(Number)
  const bound = Object.fromEntries(counts.map((threads) => [threads, boundOf(limits[threads], cost, threads)]))
  const rows = counts.flatMap((threads) =>
    outcomes
      .filter(({ impl, threads: own }) => own === threads || (impl !== 'weft' && PEERS[impl].single))
      .map((outcome) => rowOf(of, outcome, threads, cost, bound[threads])),
  )
  const { text, name, descriptor } = problem
  return { layer: { problem: text, name, classes: classesOf(descriptor), ...cost, bound, ratios: ratiosOf(rows) }, rows }
}

/** What weft is faster by than each rival; nothing where one of them has no time. */
export function ratiosOf(rows: readonly Row[]): Ratios {
  const medians = (impls: readonly string[], threads: number): number[] =>
    rows.flatMap(({ impl, threads: count, medianMs }) =>
      count === threads && medianMs !== null && impls.includes(impl) ? [medianMs] : [],
    )
  return gathered(new Set(rows.map(({ threads }) => threads)), (rival, threads) => {
    const [weft] = medians(['weft'], threads)
    const times = medians(RIVALS[rival], threads)
    return weft === undefined || times.length === 0 ? null : Math.min(...times) / weft
  })
}

export function geomeans(all: readonly Ratios[], counts: readonly number[]): Ratios {
  return gathered(counts, (rival, threads) => geomean(all.flatMap((ratios) => ratios[rival]?.[threads] ?? [])))
}

/** Null of nothing. */
export function geomean(values: readonly number[]): number | null {
  if (values.length === 0) return null
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

function gathered(counts: Iterable<number>, ratioOf: (rival: Rival, threads: number) => number | null): Ratios {
  const known = RIVAL_NAMES.map((rival): [Rival, ByThreads] => {
    return [rival, byThreads(counts, (threads) => ratioOf(rival, threads))]
  })
  return Object.fromEntries(known.filter(([, ratios]) => Object.keys(ratios).length > 0))
}

/** Without the counts that have none. */
function byThreads(counts: Iterable<number>, ratioOf: (threads: number) => number | null): ByThreads {
  return Object.fromEntries(
    [...counts].flatMap((threads) => {
      const ratio = ratioOf(threads)
      return ratio === null ? [] : [[threads, ratio]]
    }),
  )
}

/** Everything that is made of all layers together. */
export function summaryOf(
  layers: readonly LayerResult[],
  rows: readonly Row[],
  counts: readonly number[],
): Pick<LayersReport, 'geomean' | 'geomeanByClass' | 'scaling' | 'failures'> {
  const byClass = CLASSES.map((name) => [name, layers.filter(({ classes }) => classes.includes(name))] as const)
  return {
    geomean: geomeans(
      layers.map(({ ratios }) => ratios),
      counts,
    ),
    geomeanByClass: Object.fromEntries(
      byClass
        .filter(([, members]) => members.length > 0)
        .map(([name, members]) => {
          const ratios = members.map((layer) => layer.ratios)
          return [name, { layers: members.length, geomean: geomeans(ratios, counts) }]
        }),
    ),
    scaling: scalingOf(rows, counts),
    failures: rows.filter(({ trouble }) => trouble !== null).length,
  }
}

export function scalingOf(rows: readonly Row[], counts: readonly number[]): ByThreads {
  const timesOf = (threads: number) =>
    new Map(
      rows.flatMap(({ impl, problem, threads: count, medianMs }) =>
        impl === 'weft' && count === threads && medianMs !== null ? [[problem, medianMs] as const] : [],
      ),
    )
  const single = timesOf(1)
  const many = counts.filter((threads) => threads > 1)
  return byThreads(many, (threads) =>
    geomean(
      [...timesOf(threads)].flatMap(([problem, ms]) => {
        const alone = single.get(problem) ?? 0
        return alone >= SCALING_MS ? [alone / ms] : []
      }),
    ),
  )
}
