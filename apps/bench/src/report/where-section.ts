// The section that says how long each layer takes, and where its time goes: computing, waiting at the barrier, handing work out.
import { counted } from '../layout.ts'
import { WHERE_PARTS, type Where } from '../where.ts'
import { type Bar, barChart } from './bar-chart.ts'
import { figureTable } from './figure-table.ts'
import { html } from './html.ts'
import { areaKey, legend } from './legend.ts'
import { card, type Section } from './page.ts'

const COLORS: Readonly<Record<keyof Where, string>> = { compute: 'var(--a)', barrier: 'var(--b)', dispatch: 'var(--e)' }
const ABOUT: Readonly<Record<keyof Where, string>> = {
  compute: 'computing',
  barrier: 'waiting for other threads (barrier)',
  dispatch: 'handing the work out and back (dispatch)',
}

/** A layer, how often it is counted, and where its time goes on each number of threads that was traced. */
export interface TracedLayer {
  readonly name: string
  readonly count: number
  readonly where: ReadonlyMap<number, Where>
}

interface Traced {
  readonly name: string
  readonly count: number
  readonly where: Where
}

/** @returns none where nothing was traced */
export async function whereSections(title: string, layers: readonly TracedLayer[]): Promise<Section[]> {
  const counts = [...new Set(layers.flatMap(({ where }) => [...where.keys()]))].sort((a, b) => a - b)
  if (counts.length === 0) return []
  const most = counts[counts.length - 1]
  const bars = tracedOn(layers, most).map(({ name, where }): Bar => ({ name, ms: sumOf(where), parts: partsOf(where) }))
  const chart = await barChart(bars, COLORS, 'Milliseconds of each layer by where they go')
  const rows = counts.map((threads) => [counted(threads), ...sharesOf(tracedOn(layers, threads))])
  const table = figureTable(['all layers together', ...WHERE_PARTS], [{ title: null, about: null, rows }])
  const body = html`<p class="quiet">A run in which all threads share one item, traced; means over the threads.</p>
    ${table}
    ${legend(WHERE_PARTS.map((part) => areaKey(COLORS[part], ABOUT[part])))}
    ${card(`Each layer on ${counted(most)}`, chart)}`
  return [{ title, body }]
}

/** The traced rows of a layer by their threads. */
export function whereByThreads(rows: readonly { readonly threads: number; readonly where: Where | null }[]): Map<number, Where> {
  return new Map(rows.flatMap(({ threads, where }) => (where === null ? [] : [[threads, where] as const])))
}

function tracedOn(layers: readonly TracedLayer[], threads: number): Traced[] {
  return layers.flatMap(({ name, count, where }) => {
    const found = where.get(threads)
    return found === undefined ? [] : [{ name, count, where: found }]
  })
}

/** Of all layers together, as often as each is counted. */
function sharesOf(traced: readonly Traced[]): string[] {
  const total = (of: (where: Where) => number) => traced.reduce((sum, { count, where }) => sum + count * of(where), 0)
  const all = total(sumOf)
  return WHERE_PARTS.map((part) => `${((100 * total((where) => where[part])) / all).toFixed(1)}%`)
}

/** And nothing else that kept results may have beside them. */
function partsOf(where: Where): Record<keyof Where, number> {
  const { compute, barrier, dispatch } = where
  return { compute, barrier, dispatch }
}

function sumOf({ compute, barrier, dispatch }: Where): number {
  return compute + barrier + dispatch
}
