// What changed, for a person: a line a row that changed, how many did not, the mean of all.
import type { Interval } from '../bootstrap.ts'
import { type Colours, plain } from '../colours.ts'
import { columns, number, wrapped } from '../layout.ts'
import type { Facts } from '../report/facts.ts'
import type { Change, Changes, Timing, Verdict } from './changes.ts'

const HEADINGS = ['threads, way', 'before', 'after', 'change', 'interval', '']
const NAME_LENGTH = 80

export function compareText(before: Facts, after: Facts, changes: Changes, colours: Colours = plain): string {
  const { rows, onlyBefore, onlyAfter, seed } = changes
  const changed = rows.filter(({ verdict }) => verdict === 'slower' || verdict === 'faster')
  const lines = [
    ...aboutLines('before', before),
    ...aboutLines('after', after),
    ...differences(before, after),
    `seed     ${seed}`,
    '',
    ...namesOf(changed).flatMap((name) => [...nameLines(name, changed, colours), '']),
    ...summary(changes),
    ...missing('only before', onlyBefore),
    ...missing('only after', onlyAfter),
  ]
  return `${lines.join('\n')}\n`
}

function aboutLines(label: string, { date, command, others, busy }: Facts): string[] {
  const warning = busy ? `, while other programs kept ${others.busy.toFixed(1)} of ${others.cores} cores busy` : ''
  return wrapped(label.padEnd(9), `${date.slice(0, 16).replace('T', ' ')}  ${command}${warning}`)
}

/** What makes times differ besides the code. */
function differences(before: Facts, after: Facts): string[] {
  const told = (['machine', 'tier', 'versions'] as const).flatMap((name) => {
    const [from, to] = [before[name], after[name]]
    return from === to ? [] : wrapped(''.padEnd(9), `${name}: ${from}, then ${to}`)
  })
  return told.length === 0 ? [] : ['NOT ALIKE', ...told]
}

function namesOf(rows: readonly Change[]): string[] {
  return [...new Set(rows.map(({ name }) => name))]
}

function nameLines(name: string, rows: readonly Change[], colours: Colours): string[] {
  const own = rows.filter((row) => row.name === name)
  const paint = (verdict: Verdict) => (verdict === 'slower' ? colours.red : colours.green)
  const [headings, ...lines] = columns([HEADINGS, ...own.map(cells)])
  const title = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 3)}...` : name
  return [title, headings.trimEnd(), ...lines.map((line, index) => paint(own[index].verdict)(line))]
}

function cells({ way, before, after, ratio, interval, verdict }: Change): string[] {
  return [way, number(before), number(after), percent(ratio), span(interval), verdict]
}

function summary({ rows, mean }: Changes): string[] {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length
  const same = rows.filter(({ verdict }) => verdict === 'same')
  const widths = same.map(({ ratio, interval }) => interval.high / ratio).sort((a, b) => a - b)
  const seen = widths.length === 0 ? '' : `, of which half would have shown one of ${percent(widths[widths.length >> 1])}`
  const few = count('too few')
  return [
    ...wrapped(
      '',
      `${rows.length} rows: ${count('slower')} slower, ${count('faster')} faster, ${same.length} without a change beyond the noise${seen}` +
        `${few === 0 ? '' : `, ${few} with too few rounds to tell`}.`,
    ),
    ...(mean === null
      ? []
      : wrapped('', `Mean of all: ${percent(mean.ratio)}, interval ${span(mean.interval)}, ${mean.verdict}.`)),
  ]
}

function missing(label: string, timings: readonly Timing[]): string[] {
  if (timings.length === 0) return []
  return wrapped('', `${label}: ${[...new Set(timings.map(({ name, way }) => `${name} (${way})`))].join(', ')}`)
}

function span({ low, high }: Interval): string {
  return `${percent(low)} to ${percent(high)}`
}

/** A ratio of times as a change: 1.05 as +5.0%. */
function percent(ratio: number): string {
  const value = 100 * (ratio - 1)
  return `${value < 0 ? '' : '+'}${value.toFixed(1)}%`
}
