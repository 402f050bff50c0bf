// The page of a batch: its throughput, and how long its items took, on the whole and by stage.
import { number, scaled } from '../layout.ts'
import { dotChart } from './bar-chart.ts'
import type { BatchSummary } from './batch-kind.ts'
import type { Facts } from './facts.ts'
import { factsSection } from './facts-section.ts'
import { figureTable } from './figure-table.ts'
import { type Html, html } from './html.ts'
import { legend, pointKey } from './legend.ts'
import { PERCENTILE_LOOKS } from './look.ts'
import { card, type Section } from './page.ts'

const NAMES = Object.keys(PERCENTILE_LOOKS) as (keyof typeof PERCENTILE_LOOKS)[]

export async function batchSections(summary: BatchSummary, facts: Facts): Promise<Section[]> {
  const { work, parallel, threads, milliseconds } = summary
  const stages = Object.entries(milliseconds).map(([stage, times]) => ({ stage, times }))
  const rows = stages.map(({ stage, times }) => [stage, ...NAMES.map((name) => number(times[name]))])
  const table = figureTable(['stage', ...NAMES.map((name) => `${name} ms`)], [{ title: null, about: null, rows }])
  const body = html`${wordsOf(summary)}<div class="cards wide">${await chartOf(stages)}${card('Latency of an item, by stage', table)}</div>`
  const ways = `${threads ?? 'no'} ${threads === 1 ? 'thread' : 'threads'}, ${parallel} in parallel`
  return [{ title: `Batch: ${work}, ${ways}`, body }, factsSection('weft', facts, [['Threads', ways]])]
}

function wordsOf({ items, seconds, itemsPerSecond, bytes }: BatchSummary): Html {
  const { all, skipped, done, failed, left } = items
  const rate = (of: number) => `${scaled(Math.round(of / Math.max(seconds, 1e-3)))}B/s`
  const rest = (
    [
      ['were done before', skipped],
      ['failed', failed],
      ['are left', left],
    ] as const
  ).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]))
  return html`<ul>
    <li>${number(itemsPerSecond)} items a second: ${done} in ${number(seconds)} s, reading ${rate(bytes.read)} and writing ${rate(bytes.written)}.</li>
    <li>${[`${done} of ${all} items were done`, ...rest].join(', ')}.</li>
  </ul>`
}

/** A stage that takes no time has no place on a logarithmic scale. */
async function chartOf(
  stages: readonly { readonly stage: string; readonly times: BatchSummary['milliseconds'][string] }[],
): Promise<Html | null> {
  const lines = stages.flatMap(({ stage, times }) => {
    const known = NAMES.filter((name) => times[name] > 0).map((name) => [name, times[name]] as const)
    return known.length === 0 ? [] : [{ name: stage, ms: times.p50, series: Object.fromEntries(known) }]
  })
  if (lines.length === 0) return null
  const chart = await dotChart(lines, PERCENTILE_LOOKS, 'Percentiles of the time of an item, by stage')
  const keys = legend(NAMES.map((name) => pointKey(PERCENTILE_LOOKS[name], name)))
  return card('Percentiles; the time in words is the median', html`${keys}${chart}`)
}
