// The report for a person: a header, a block a problem, the totals of a suite, how to read it.
import { type Colours, plain } from './colours.ts'
import { columns, HARD_SPACE, number, scaled, WIDTH, wrapped } from './layout.ts'
import { disturbing } from './others.ts'
import { plotLines } from './plot.ts'
import { repeatLines } from './quote.ts'
import { type Curve, curvesOf } from './report/curve.ts'
import { curveWords } from './report/scaling-words.ts'
import type { CaseResult, Figures, Report, TargetResult } from './result.ts'

const HEADINGS = ['way', 'threads', 'best', 'p10', 'median', 'p90', 'GFLOP/s', 'speed-up', 'effic.', 'peak']

const LEGEND =
  'best, p10, median, p90: milliseconds a problem; channels: all threads on one; items: one a thread, the time of all over ' +
  'their number. GFLOP/s: over the median, padding counted. speed-up: over one thread the same way; effic.: over the threads. ' +
  'peak: share of the measured peak of as many cores. All results have the bits of one thread unless said.'

/** @param columns of the terminal, for plots. */
export function tableText(report: Report, legend: boolean, colours: Colours = plain, columns?: number): string {
  const { targets, settings, machine } = report
  const targetsLines = targets.flatMap((target) => [
    ...targetLines(target),
    ...curvesLines(curvesOf(target, settings.modes, machine.cores), colours, columns),
  ])
  const lines = [...header(report), '', ...targetsLines, ...(legend ? wrapped('', LEGEND) : [])]
  return `${lines.join('\n').trimEnd()}\n`
}

function header({ version, date, command, machine, others, tier, peak, copy }: Report): string[] {
  const copied = `a copy on one core moves ${copy.gbPerSecond.toFixed(1)} GB/s`
  const most = peak.gflopsPerCore === null ? peak.how : `${number(peak.gflopsPerCore)} GFLOP/s a core (${peak.how})`
  return [
    `weft-bench ${version}, Node ${machine.node}, ${machine.platform} ${machine.arch}, ${date}`,
    ...wrapped('machine  ', `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'} usable`),
    ...(disturbing(others)
      ? wrapped(
          'BUSY     ',
          `other programs kept ${others.busy.toFixed(1)} of ${others.cores} cores busy meanwhile: times are too long`,
        )
      : []),
    ...wrapped('tier     ', tier.why.at(-1) ?? tier.name),
    ...wrapped('peak     ', most),
    ...wrapped('memory   ', `${copied}, read and written counted`),
    ...repeatLines(command),
  ]
}

function targetLines(target: TargetResult): string[] {
  const lines = target.cases.flatMap((one) => [...caseLines(one), ''])
  if (target.totals.length === 0) return lines
  const title = `${target.name}: all ${target.convolutions} convolutions, ${scaled(target.macs)}MAC, medians times counts`
  const rows = target.totals.map(({ mode, threads, ms, figures }) => [mode, String(threads), number(ms), ...figureCells(figures)])
  const headings = HEADINGS.filter((heading) => !['best', 'p10', 'p90'].includes(heading))
  return [...lines, ...wrapped('', title), ...columns([headings, ...rows]), '']
}

/** At a glance: how it scales, and the serial fraction in words. */
function curvesLines(curves: readonly Curve[], colours: Colours, columns: number | undefined): string[] {
  const plot = plotLines(curves, columns, colours)
  if (plot.length === 0) return []
  const words = curves.flatMap((curve) => wrapped(curve.mode.padEnd(9), curveWords(curve).slice(0, 2).join(' ')))
  return [...plot, ...words, '']
}

function caseLines(one: CaseResult): string[] {
  const title = one.name === one.problem ? one.problem : `${one.name}   ${one.problem.replace(/_?n"[^"]*"/, '')}`
  const about = `${scaled(one.macs)}MAC, ${number(one.intensity)} FLOP a byte, kernel ${one.kernel ?? 'none'}`
  const troubles = [one.trouble, ...one.rows.map(({ trouble }) => trouble)].filter((trouble) => trouble !== null)
  const timed = one.rows.filter(({ ms }) => ms !== null)
  const table = timed.length === 0 ? [] : columns([HEADINGS, ...timed.map(cells)])
  return [
    title.length > WIDTH ? `${title.slice(0, WIDTH - 3)}...` : title,
    ...wrapped('', about),
    ...table,
    ...coldLine(one),
    ...[...new Set(troubles)].flatMap((trouble) => wrapped('FAILED   ', trouble)),
  ]
}

function cells({ mode, threads, ms, figures }: CaseResult['rows'][number]): string[] {
  const times = ms === null ? ['-', '-', '-', '-'] : [ms.min, ms.p10, ms.p50, ms.p90].map(number)
  return [mode, String(threads), ...times, ...figureCells(figures)]
}

function figureCells(figures: Figures | null): string[] {
  const shown = (value: number | null | undefined, format: (known: number) => string) => (value == null ? '-' : format(value))
  const percent = (value: number) => `${(100 * value).toFixed(0)}%`
  return [
    shown(figures?.gflops, number),
    shown(figures?.speedup, (value) => value.toFixed(2)),
    shown(figures?.efficiency, percent),
    shown(figures?.peakShare, percent),
  ]
}

/** Cold costs of the way that was prepared first: the other finds its code compiled. */
function coldLine({ rows }: CaseResult): string[] {
  const first = rows.filter(({ mode, ms }) => mode === rows[0].mode && ms !== null)
  if (first.length === 0) return []
  const costs = first.map(
    ({ threads, prepareMs, firstRunMs }) =>
      `${threads}:${HARD_SPACE}${number(prepareMs)}${HARD_SPACE}+${HARD_SPACE}${number(firstRunMs)}`,
  )
  return wrapped('cold     ', `prepare + first run, ms a thread count: ${costs.join(', ')}`)
}
