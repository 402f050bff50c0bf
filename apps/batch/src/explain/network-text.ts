// A network's explanation as text of 80 columns.
import { formatShape, type Shape } from '@weft/core'
import { COLUMNS, count, megabytes, oneLine, table, wrap } from '../text.ts'
import type { LayerRow } from './layers.ts'
import type { NetworkExplanation } from './network.ts'

export function networkText(e: NetworkExplanation, withPasses: boolean): string {
  const { layers, profile } = e
  const sum = (of: (row: LayerRow) => number): number => layers.reduce((total, row) => total + of(row), 0)
  const measured = layers.some(({ measuredMs }) => measuredMs !== null)
  const shapes = Object.entries(e.shapes).map(([name, shape]) => `${name} ${formatShape(shape as Shape)}`)
  const parameters = sum((row) => row.parameters)
  const rows: [string, string][] = [
    ['takes', e.inputs.map(oneLine).join(', ')],
    ['gives', e.outputs.map(oneLine).join(', ')],
    ['shown for', `${oneLine(shapes.join(', '))}, tier ${e.tier}`],
    ['parameters', `${big(parameters)} in ${layers.length} layers, ${megabytes(4 * parameters)}`],
    ['cost', `${big(sum((row) => row.macs))} multiply-accumulates`],
    ['memory', `${megabytes(e.valueBytes)} for the values of a run`],
    [
      'estimate',
      `${ms(sum((row) => row.estimateMs ?? 0))} ms for its convolutions, on one core of a machine as estimates are fitted to`,
    ],
  ]
  if (profile !== null) {
    const each = `${profile.threads} ${profile.threads === 1 ? 'thread' : 'threads'}, the median of ${profile.runs} runs`
    rows.push(['measured', `${ms(profile.ms)} ms a run, with ${each}`])
  }
  if (e.trace !== null) rows.push(['trace', `${oneLine(e.trace)}: open it in chrome://tracing or ui.perfetto.dev`])
  return [
    oneLine(e.name),
    table(rows),
    ...(withPasses ? ['', 'PASSES', passes(e)] : []),
    '',
    'LAYERS',
    ...layerLines(layers, measured),
  ].join('\n')
}

function passes({ passes: list }: NetworkExplanation): string {
  return table(
    list.map(({ pass, does, changes, nodes }) => [pass, `${count(changes, 'change')}, ${count(nodes, 'node')} left: ${does}`]),
  )
}

/** A line a layer, its kernel under it where both do not fit. */
function layerLines(layers: readonly LayerRow[], measured: boolean): string[] {
  const head = ['', 'output', 'params', 'MACs', 'est ms', ...(measured ? ['ms', '%'] : [])]
  const total = layers.reduce((sum, row) => sum + (row.measuredMs ?? 0), 0)
  const cells = layers.map((row) => [
    row.what,
    row.shape.join('x'),
    row.parameters === 0 ? '' : big(row.parameters),
    row.macs === 0 ? '' : big(row.macs),
    row.estimateMs === null ? '' : ms(row.estimateMs),
    ...(measured ? [ms(row.measuredMs ?? 0), percent(row.measuredMs ?? 0, total)] : []),
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...cells].map((line) => line[i].length)))
  const line = (values: readonly string[]): string =>
    `  ${values.map((value, i) => (i === 0 ? value.padEnd(widths[i]) : value.padStart(widths[i]))).join('  ')}`.trimEnd()
  return [
    line(head),
    ...layers.flatMap((row, i) => [
      line(cells[i]),
      wrap(`      ${oneLine(row.name)}${row.kernel === null ? '' : `: ${row.kernel}`}`, COLUMNS, '        '),
    ]),
  ]
}

function percent(value: number, total: number): string {
  return total === 0 ? '' : ((100 * value) / total).toFixed(1)
}

function ms(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 1 ? 2 : 3)
}

/** `1.23 M`: at most four digits. */
function big(value: number): string {
  const [scale, unit] = (
    [
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([size]) => value >= size) ?? [1, '']
  const scaled = value / scale
  return unit === '' ? String(value) : `${scaled.toFixed(scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2)} ${unit}`
}
