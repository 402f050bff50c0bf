// From outcomes to rows, and from rows to how many times faster weft is.
import type { Outcome } from '../layers/entrant.ts'
import { PEER_NAMES } from '../layers/peers.ts'
import { keptRounds } from '../rounds.ts'
import { quantile } from '../statistics.ts'
import type { BatchOutcome } from './batch.ts'
import type { BatchRow, LatencyRow, ModelRatios } from './result.ts'

export function latencyRow({ impl, threads, rounds, error, trouble }: Outcome): LatencyRow {
  const timed = trouble === null ? rounds : []
  const sorted = Float64Array.from(timed.flat()).sort()
  const at = (part: number) => (sorted.length === 0 ? null : quantile(sorted, part))
  return {
    impl,
    threads,
    medianMs: at(0.5),
    p95Ms: at(0.95),
    bestMs: at(0),
    runs: sorted.length,
    rounds: keptRounds(timed),
    error,
    trouble,
  }
}

export function batchRow({ impl, threads, seconds, trouble }: BatchOutcome, items: number): BatchRow {
  const sorted = Float64Array.from(seconds).sort()
  const itemsPerSecond = trouble === null && sorted.length > 0 ? items / quantile(sorted, 0.5) : null
  return { impl, threads, itemsPerSecond, seconds, trouble }
}

export const latencyRatios = (rows: readonly LatencyRow[]): ModelRatios => ratios(rows, ({ medianMs }) => medianMs)
export const batchRatios = (rows: readonly BatchRow[]): ModelRatios =>
  ratios(rows, ({ itemsPerSecond }) => (itemsPerSecond === null ? null : 1 / itemsPerSecond))

/** Of each peer's time over weft's with as many threads; none where one of them has no time. */
function ratios<Row extends LatencyRow | BatchRow>(rows: readonly Row[], timeOf: (row: Row) => number | null): ModelRatios {
  const weft = new Map(rows.flatMap((row) => (row.impl === 'weft' ? [[row.threads, timeOf(row)]] : [])))
  const all = PEER_NAMES.map((peer) => {
    const own = rows.flatMap((row): [number, number][] => {
      const [time, mine] = [timeOf(row), weft.get(row.threads) ?? null]
      return row.impl === peer && time !== null && mine !== null ? [[row.threads, time / mine]] : []
    })
    return [peer, Object.fromEntries(own)] as const
  })
  return Object.fromEntries(all.filter(([, own]) => Object.keys(own).length > 0))
}
