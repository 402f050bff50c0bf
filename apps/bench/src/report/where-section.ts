// The section that says how long each layer takes, and where its time goes: computing, waiting at the barrier, handing work out.
import type { CaseResult, Report, Row } from '../result.ts'
import type { Where } from '../where.ts'
import { type Bar, barChart } from './bar-chart.ts'
import { html } from './html.ts'
import { areaKey, legend } from './legend.ts'
import { card, type Section } from './page.ts'

const COLORS: Readonly<Record<keyof Where, string>> = { compute: 'var(--a)', barrier: 'var(--b)', dispatch: 'var(--e)' }
const ABOUT: Readonly<Record<keyof Where, string>> = {
  compute: 'computing',
  barrier: 'waiting for other threads (barrier)',
  dispatch: 'handing the work out and back (dispatch)',
}
const PARTS = Object.keys(COLORS) as (keyof Where)[]

interface Traced {
  readonly layer: CaseResult
  readonly where: Where
}

export async function whereSections({ targets, settings }: Report): Promise<Section[]> {
  const layers = targets.flatMap(({ cases }) => cases)
  const most = Math.max(...settings.threads)
  const traced = tracedOn(layers, most)
  if (traced.length === 0) return []
  const bars = traced.map(({ layer, where }): Bar => ({ name: layer.name, ms: sumOf(where), parts: { ...where } }))
  const chart = await barChart(bars, COLORS, 'Milliseconds of each layer by where they go')
  const words = settings.threads.flatMap((threads) => wordsOf(tracedOn(layers, threads), threads))
  const body = html`<p class="quiet">A run in which all threads share one item, traced; means over the threads.</p>
    <ul>${words.map((one) => html`<li>${one}</li>`)}</ul>
    ${legend(PARTS.map((part) => areaKey(COLORS[part], ABOUT[part])))}
    ${card(`Each layer on ${counted(most)}`, chart)}`
  return [{ title: 'Time by layer, and where it goes', body }]
}

function tracedOn(layers: readonly CaseResult[], threads: number): Traced[] {
  const rowOf = ({ rows }: CaseResult): Row | undefined => rows.find((row) => row.threads === threads && row.where !== null)
  return layers.flatMap((layer) => {
    const where = rowOf(layer)?.where
    return where == null ? [] : [{ layer, where }]
  })
}

/** Of all layers, as often as the suite has each. */
function wordsOf(traced: readonly Traced[], threads: number): string[] {
  if (traced.length === 0) return []
  const total = (of: (where: Where) => number) => traced.reduce((sum, { layer, where }) => sum + layer.count * of(where), 0)
  const all = total(sumOf)
  const shares = PARTS.map((part) => `${((100 * total((where) => where[part])) / all).toFixed(1)}% ${ABOUT[part]}`)
  return [`On ${counted(threads)}, all layers together: ${shares.join(', ')}.`]
}

function sumOf({ compute, barrier, dispatch }: Where): number {
  return compute + barrier + dispatch
}

export function counted(threads: number): string {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}`
}
