// What `model` found for a person: a header, latencies, the batch, how to read it.

import type { PeerName } from '../layers/peers.ts'
import { columns, counted, number, wrapped } from '../layout.ts'
import { disturbing } from '../others.ts'
import { repeatLines } from '../quote.ts'
import type { BatchRow, LatencyRow, ModelRatios, ModelReport } from './result.ts'

const LEGEND =
  'Latency: one item at a time, the network loaded before, in milliseconds. Batch: items a second of whole processes, from start to ' +
  'end: pictures decoded, brought to size, run, the five highest scores written; weft is its own command, the others are plain loops ' +
  "around sharp and the library. x: how many times weft is as fast as that row's. Outputs agree unless said."

export function modelTable(report: ModelReport, legend: boolean): string {
  const { batch } = report
  const lines = [
    ...header(report),
    '',
    ...columns([
      ['latency', 'threads', 'median', 'p95', 'best', 'x', 'off by'],
      ...report.latency.map((row) => latencyCells(row, report.latencyRatios)),
    ]),
    '',
    ...(batch.left === null
      ? columns([
          [`batch of ${batch.items}`, 'threads', 'items/s', 'x'],
          ...batch.rows.map((row) => batchCells(row, report.batchRatios)),
        ])
      : wrapped('no batch ', batch.left)),
    ...troubles([...report.latency, ...batch.rows]),
    '',
    ...(legend ? wrapped('', LEGEND) : []),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function header({ version, date, command, machine, versions, model }: ModelReport): string[] {
  const { others, tier } = machine
  const peers = Object.entries(versions).filter(([impl]) => impl !== 'weft')
  const shapes = Object.entries(model.shapes).map(([name, shape]) => `${name} ${shape.join('x')}`)
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
    ...wrapped('model    ', `${model.name}, ${shapes.join(', ')}`),
    ...(peers.length > 0 ? wrapped('peers    ', peers.map(([name, version]) => `${name} ${version}`).join(', ')) : []),
    ...repeatLines(command),
  ]
}

function latencyCells({ impl, threads, medianMs, p95Ms, bestMs, error }: LatencyRow, ratios: ModelRatios): string[] {
  const off = error === null ? '-' : error.toExponential(0)
  return [impl, String(threads), cell(medianMs), cell(p95Ms), cell(bestMs), ratio(ratios, impl, threads), off]
}

function batchCells({ impl, threads, itemsPerSecond }: BatchRow, ratios: ModelRatios): string[] {
  return [impl, String(threads), cell(itemsPerSecond), ratio(ratios, impl, threads)]
}

function troubles(rows: readonly (LatencyRow | BatchRow)[]): string[] {
  return rows.flatMap(({ impl, threads, trouble }) =>
    trouble === null ? [] : wrapped('FAILED   ', `${impl}, ${counted(threads)}: ${trouble}`),
  )
}

function ratio(ratios: ModelRatios, impl: string, threads: number): string {
  return ratios[impl as PeerName]?.[threads]?.toFixed(2) ?? ''
}

function cell(value: number | null): string {
  return value === null ? '-' : number(value)
}
