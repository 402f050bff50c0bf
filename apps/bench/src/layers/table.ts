// What `layers` found for a person: a header, the layers of each suite, the geometric means, how to read it.
import { columns, counted, number, scaled, WIDTH, wrapped } from '../layout.ts'
import { disturbing } from '../others.ts'
import { repeatLines } from '../quote.ts'
import { RIVALS, SCALING_MS } from './figures.ts'
import { PEER_NAMES, PEERS } from './peers.ts'
import type { LayerResult, LayersReport, Ratios, Rival, Row } from './result.ts'

const SHORT: Readonly<Record<Rival, string>> = {
  ...(Object.fromEntries(PEER_NAMES.map((name) => [name, PEERS[name].short])) as Record<(typeof PEER_NAMES)[number], string>),
  'best-native': 'native',
  'best-portable': 'portable',
  best: 'best',
}

const LEGEND =
  'Of weft: threads, median and best in milliseconds, spread from the 10th to the 90th percentile over the median, GFLOP/s over ' +
  'the median, share of what bounds the layer (a: arithmetic at the measured peak, m: memory at the speed of a copy of that size).'

const RIVALS_LEGEND =
  ' Then how many times faster weft is than each peer and than the fastest of them; native and portable: the faster of ' +
  'each kind, layer by layer.'

function legendOf(withRivals: boolean): string {
  const others = withRivals ? ' and with each other' : ''
  return `${LEGEND}${withRivals ? RIVALS_LEGEND : ''} All results agree with the definition${others} unless said.`
}

export function layersTable(report: LayersReport, legend: boolean): string {
  const rivals = (Object.keys(RIVALS) as Rival[]).filter((rival) => report.geomean[rival] !== undefined)
  const lines = [
    ...header(report),
    '',
    ...report.layers.flatMap((layer) => layerLines(layer, report.rows, rivals)),
    '',
    ...meanLines(report, rivals),
    '',
    ...(legend ? wrapped('', legendOf(rivals.length > 0)) : []),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function header({ version, date, command, machine, versions }: LayersReport): string[] {
  const { others, tier } = machine
  const limits = Object.entries(machine.limits).map(([threads, { gflops, copies }]) => {
    const speeds = [copies[0], copies[copies.length - 1]].map(({ gbPerSecond }) => number(gbPerSecond))
    const cores = `${threads} ${threads === '1' ? 'core' : 'cores'}`
    return `${cores}: ${gflops === null ? 'no vectors' : `${number(gflops)} GFLOP/s`}, copies ${speeds[0]} to ${speeds[1]} GB/s`
  })
  const peers = Object.entries(versions).filter(([impl]) => impl !== 'weft')
  return [
    `weft-bench ${version}, Node ${machine.node}, ${machine.platform} ${machine.arch}, ${date}`,
    ...wrapped('machine  ', `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'} usable`),
    ...(disturbing(others)
      ? wrapped(
          'BUSY     ',
          `other programs kept ${others.busy.toFixed(1)} of ${others.cores} cores busy meanwhile: times are too long`,
        )
      : []),
    ...wrapped('tier     ', tier?.why.at(-1) ?? 'unknown'),
    ...wrapped('limits   ', `${limits.join('; ')} (small to large, read and written counted)`),
    ...(peers.length > 0 ? wrapped('peers    ', peers.map(([name, version]) => `${name} ${version}`).join(', ')) : []),
    ...repeatLines(command),
  ]
}

function layerLines(layer: LayerResult, rows: readonly Row[], rivals: readonly Rival[]): string[] {
  const own = rows.filter(({ problem }) => problem === layer.problem)
  const weft = own.filter(({ impl }) => impl === 'weft')
  const shown = rivals.filter((rival) => rival !== 'best-native' && rival !== 'best-portable')
  const headings = ['', 'median', 'best', 'spread', 'GFLOP/s', 'bound', ...shown.map((rival) => SHORT[rival])]
  const cells = weft.map((row) => [
    String(row.threads),
    ...figureCells(row, layer),
    ...ratioCells(layer.ratios, shown, row.threads),
  ])
  const troubles = own.flatMap(({ impl, ownThreads, trouble }) =>
    trouble === null ? [] : [`${impl}, ${counted(ownThreads)}: ${trouble}`],
  )
  const kernel = weft.find((row) => row.kernel !== null)?.kernel ?? 'none'
  return [
    cut(layer.name === layer.problem ? layer.problem : `${layer.name}  ${layer.problem.replace(/_?n"[^"]*"/, '')}`),
    ...wrapped('', `${scaled(layer.macs)}MAC, ${layer.classes.join(', ')}, kernel ${kernel}`),
    ...columns([headings, ...cells]),
    ...[...new Set(troubles)].flatMap((trouble) => wrapped('FAILED   ', trouble)),
  ]
}

function figureCells({ threads, medianMs, bestMs, spread, gflops, boundShare }: Row, { bound }: LayerResult): string[] {
  const by = boundShare === null ? '' : (bound[threads]?.by[0] ?? '')
  return [cell(medianMs), cell(bestMs), percent(spread), cell(gflops), percent(boundShare) + by]
}

function ratioCells(ratios: Ratios, rivals: readonly Rival[], threads: number): string[] {
  return rivals.map((rival) => ratios[rival]?.[threads]?.toFixed(2) ?? '-')
}

function meanLines(report: LayersReport, rivals: readonly Rival[]): string[] {
  const { geomean, geomeanByClass, layers, settings, scaling } = report
  const scales = Object.entries(scaling).map(([threads, ratio]) => `${ratio.toFixed(2)} times faster on ${threads} threads`)
  const scaled =
    scales.length > 0 ? wrapped('', `Layers that take ${SCALING_MS} ms or more on one thread: ${scales.join(', ')}`) : []
  if (rivals.length === 0) return scaled
  const groups = [...Object.entries(geomeanByClass), ['all', { layers: layers.length, geomean }] as const]
  const rows = groups.flatMap(([name, { layers, geomean }]) =>
    settings.threads.map((threads) => [name, String(layers), String(threads), ...ratioCells(geomean, rivals, threads)]),
  )
  return [
    'Geometric means of how many times faster weft is',
    ...columns([['class', 'layers', 'threads', ...rivals.map((rival) => SHORT[rival])], ...rows]),
    ...scaled,
  ]
}

function cell(value: number | null): string {
  return value === null ? '-' : number(value)
}

function percent(value: number | null): string {
  return value === null ? '-' : `${(100 * value).toFixed(0)}%`
}

function cut(text: string): string {
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 3)}...` : text
}
