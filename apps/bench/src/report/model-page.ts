// The page of what `weft-bench model` measured: a network's latency and the throughput of its batch, beside others.
import { counted, number } from '../layout.ts'
import type { BatchRow, LatencyRow, ModelReport } from '../model/result.ts'
import { type Dots, dotChart, WIDE } from './bar-chart.ts'
import type { Facts } from './facts.ts'
import { factsSection } from './facts-section.ts'
import { figureTable, shown } from './figure-table.ts'
import { type Content, type Html, html } from './html.ts'
import { legend, pointKey } from './legend.ts'
import { PERCENTILE_LOOKS } from './look.ts'
import { card, type Section } from './page.ts'

const { p50, p95 } = PERCENTILE_LOOKS

export async function modelSections(report: ModelReport, facts: Facts): Promise<Section[]> {
  const { model, latency, batch } = report
  const title = `Network: ${model.name}`
  const shapes = Object.entries(model.shapes).map(([name, shape]) => `${name} ${shape.join('x')}`)
  const table = figureTable(
    ['library, threads', 'median ms', 'p95 ms', 'best ms', 'runs', 'error', 'weft is faster by', 'remark'],
    [{ title: null, about: null, rows: latency.map((row) => latencyCells(row, report)) }],
  )
  const about = html`<p class="quiet">One item at a time (${shapes.join(', ')}), the network loaded before. The error is the largest difference from the
    outputs of weft, as a part of their range.</p>`
  return [
    { title, body: html`${about}${await chartOf(latency)}${table}` },
    { title: `Batch: ${model.name}`, body: batchBody(report) },
    factsSection('weft-bench model', facts, [
      ['Network', `${model.name}, SHA-256 ${model.digest}`],
      ['Pictures', batch.items],
    ]),
  ]
}

async function chartOf(latency: readonly LatencyRow[]): Promise<Html | null> {
  const lines = latency.flatMap(({ impl, threads, medianMs, p95Ms }): Dots[] =>
    medianMs === null ? [] : [{ name: nameOf(impl, threads), ms: medianMs, series: { p50: medianMs, p95: p95Ms ?? medianMs } }],
  )
  if (lines.length === 0) return null
  const chart = await dotChart(lines, { p50, p95 }, 'Latency of the network: median and 95th percentile', WIDE)
  const keys = legend([pointKey(p50, 'median'), pointKey(p95, '95th percentile')])
  return card('Latency; the time in words is the median', html`${keys}${chart}`)
}

function batchBody(report: ModelReport): Html {
  const { items, left, rows } = report.batch
  if (left !== null) return html`<p>No batch was measured: ${left}.</p>`
  const about = html`<p class="quiet">${items} pictures from files to results, whole processes from start to end; the median of three.</p>`
  const headings = ['library, threads', 'items a second', 'seconds', 'weft is faster by', 'remark']
  return html`${about}${figureTable(headings, [{ title: null, about: null, rows: rows.map((row) => batchCells(row, report)) }])}`
}

function latencyCells(row: LatencyRow, { latencyRatios }: ModelReport): Content[] {
  const { impl, threads, medianMs, p95Ms, bestMs, runs, error, trouble } = row
  return [
    nameOf(impl, threads),
    ...[medianMs, p95Ms, bestMs].map((ms) => shown(ms, number)),
    runs === 0 ? null : runs,
    shown(error, (value) => (value === 0 ? '0' : value.toExponential(1))),
    impl === 'weft' ? null : shown(latencyRatios[impl]?.[threads], (ratio) => ratio.toFixed(2)),
    trouble,
  ]
}

function batchCells({ impl, threads, itemsPerSecond, seconds, trouble }: BatchRow, { batchRatios }: ModelReport): Content[] {
  return [
    nameOf(impl, threads),
    shown(itemsPerSecond, number),
    seconds.map(number).join(', '),
    impl === 'weft' ? null : shown(batchRatios[impl]?.[threads], (ratio) => ratio.toFixed(2)),
    trouble,
  ]
}

function nameOf(impl: string, threads: number): string {
  return `${impl}, ${counted(threads)}`
}
