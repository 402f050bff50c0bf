// The report as CSV (RFC 4180): a line a row, the columns in a fixed order.
import type { CaseResult, Report, Row } from './result.ts'

type Cell = string | number | boolean | null | undefined

const COLUMNS: Record<string, (row: Row | undefined, one: CaseResult, target: string, report: Report) => Cell> = {
  target: (_row, _one, target) => target,
  name: (_, one) => one.name,
  problem: (_, one) => one.problem,
  count: (_, one) => one.count,
  macs: (_, one) => one.macs,
  flops: (_, one) => one.flops,
  bytes: (_, one) => one.bytes,
  tier: (_row, _one, _target, report) => report.tier.name,
  kernel: (row) => row?.kernel,
  mode: (row) => row?.mode,
  threads: (row) => row?.threads,
  batch: (row) => row?.batch,
  runs: (row) => row?.ms?.runs,
  best_ms: (row) => row?.ms?.min,
  p10_ms: (row) => row?.ms?.p10,
  median_ms: (row) => row?.ms?.p50,
  p90_ms: (row) => row?.ms?.p90,
  mean_ms: (row) => row?.ms?.mean,
  mad_ms: (row) => row?.ms?.mad,
  gflops: (row) => row?.figures?.gflops,
  speedup: (row) => row?.figures?.speedup,
  efficiency: (row) => row?.figures?.efficiency,
  peak_share: (row) => row?.figures?.peakShare,
  prepare_ms: (row) => row?.prepareMs,
  first_run_ms: (row) => row?.firstRunMs,
  identical: (row) => row?.identical,
  trouble: (row, one) => one.trouble ?? row?.trouble,
}

export function csvText(report: Report): string {
  const lines = [Object.keys(COLUMNS).join(',')]
  for (const target of report.targets) {
    for (const one of target.cases) {
      // A problem that could not be tried at all has a line of its own.
      for (const row of one.rows.length === 0 ? [undefined] : one.rows) {
        lines.push(
          Object.values(COLUMNS)
            .map((cell) => field(cell(row, one, target.name, report)))
            .join(','),
        )
      }
    }
  }
  return lines.map((line) => `${line}\r\n`).join('')
}

function field(value: Cell): string {
  const text = value == null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
