// The table of every figure that `weft-bench scale` measured.
import { number, scaled } from '../layout.ts'
import type { CaseResult, Report, Row, TargetResult, Total } from '../result.ts'
import { WHERE_PARTS } from '../where.ts'
import { foldedTable, type Group, percent, shown } from './figure-table.ts'
import { type Content, type Html, html } from './html.ts'

const TIMES = ['min', 'p10', 'p50', 'p90', 'p99'] as const
const HEADINGS = [
  'way, threads',
  ...['best', 'p10', 'median', 'p90', 'p99'].map((name) => `${name} ms`),
  'runs',
  'GFLOP/s',
  'speed‑up',
  'efficiency',
  'of peak',
  ...WHERE_PARTS.map((name) => `${name} ms`),
  'prepare ms',
  'first run ms',
]

const ABOUT = html`<p class="quiet">GFLOP/s are those of the definition, padding counted, over the median: an algorithm that multiplies less passes
  100% of the measured peak of as many cores. Speed-up is over one thread the same way, efficiency that over the threads.</p>`

export function scaleFigures({ targets }: Report): Html {
  return html`${ABOUT}${foldedTable('rows', HEADINGS, targets.flatMap(groupsOf))}`
}

function groupsOf({ name, convolutions, macs, cases, totals }: TargetResult): Group[] {
  const groups = cases.map(caseGroup)
  if (totals.length === 0) return groups
  const about = `all ${convolutions} convolutions, ${scaled(macs)}MAC, medians times counts`
  return [...groups, { title: name, about, rows: totals.map(totalCells) }]
}

function caseGroup(one: CaseResult): Group {
  const { name, problem, macs, bytes, intensity, kernel, rows, trouble } = one
  const facts = [`${scaled(macs)}MAC`, `${scaled(bytes)}B`, `${number(intensity)} FLOP a byte`, `kernel ${kernel ?? 'none'}`]
  const troubles = [trouble, ...rows.map((row) => row.trouble)].filter((one) => one !== null)
  const about = [...(name === problem ? [] : [problem]), ...facts, ...new Set(troubles)].join(', ')
  return { title: name, about, rows: rows.map(cells) }
}

function cells({ mode, threads, ms, figures, where, prepareMs, firstRunMs }: Row): Content[] {
  return [
    `${mode}, ${threads}`,
    ...TIMES.map((name) => shown(ms?.[name], number)),
    ms?.runs ?? null,
    ...figureCells(figures),
    ...WHERE_PARTS.map((name) => shown(where?.[name], number)),
    number(prepareMs),
    number(firstRunMs),
  ]
}

function totalCells({ mode, threads, ms, figures }: Total): Content[] {
  return [`${mode}, ${threads}`, null, null, number(ms), null, null, null, ...figureCells(figures), null, null, null, null, null]
}

function figureCells(figures: Row['figures']): Content[] {
  return [
    shown(figures?.gflops, number),
    shown(figures?.speedup, (value) => value.toFixed(2)),
    shown(figures?.efficiency, percent),
    shown(figures?.peakShare, percent),
  ]
}
