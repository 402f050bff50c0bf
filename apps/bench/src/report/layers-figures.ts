// The table of every figure that `weft-bench layers` measured.
import type { LayerResult, LayersReport, Rival, Row } from '../layers/result.ts'
import { number, scaled } from '../layout.ts'
import { WHERE_PARTS } from '../where.ts'
import { foldedTable, type Group, percent, shown } from './figure-table.ts'
import { type Content, type Html, html } from './html.ts'

const HEADINGS = [
  'library, threads',
  'median ms',
  'best ms',
  'spread',
  'runs',
  'GFLOP/s',
  'of its bound',
  ...WHERE_PARTS.map((name) => `${name} ms`),
  'error',
  'weft is faster by',
  'kernel, remark',
]

const ABOUT = html`<p class="quiet">The spread is from the 10th to the 90th percentile, over the median. GFLOP/s are those of the definition over the
  median: an algorithm that multiplies less passes its bound, which is the arithmetic or the memory of the machine. The error is the largest
  difference from the definition and from weft's result, over the largest sum of |x w|.</p>`

export function layersFigures({ layers, rows }: LayersReport): Html {
  const groups = layers.map((layer): Group => {
    const { name, problem, classes, macs, bytes, intensity } = layer
    const facts = [`${scaled(macs)}MAC`, `${scaled(bytes)}B`, `${number(intensity)} FLOP a byte`, ...classes]
    const own = rows.filter((row) => row.problem === problem)
    return {
      title: name,
      about: [...(name === problem ? [] : [problem]), ...facts].join(', '),
      rows: own.map((row) => cells(row, layer)),
    }
  })
  return html`${ABOUT}${foldedTable('rows', HEADINGS, groups)}`
}

function cells(row: Row, { ratios, bound }: LayerResult): Content[] {
  const { impl, threads, ownThreads, kernel, medianMs, bestMs, spread, runs, gflops, boundShare, where, error } = row
  const by = bound[threads]?.by
  const remark = [kernel, row.trouble ?? row.unsupported].filter((words) => words !== null).join(', ')
  const own = ownThreads === threads ? '' : ` (on ${ownThreads})`
  return [
    `${impl}, ${threads}${own}`,
    shown(medianMs, number),
    shown(bestMs, number),
    shown(spread, percent),
    runs === 0 ? null : runs,
    shown(gflops, number),
    shown(boundShare, (share) => `${percent(share)}${by === undefined ? '' : `, ${by}`}`),
    ...WHERE_PARTS.map((name) => shown(where?.[name], number)),
    shown(error, (value) => value.toExponential(1)),
    shown(ratios[impl as Rival]?.[threads], (ratio) => ratio.toFixed(2)),
    remark === '' ? null : remark,
  ]
}
