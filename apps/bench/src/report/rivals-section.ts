// The section that says how many times faster weft is than others: by class of layers, by rival, by threads.

import { RIVALS, SCALING_MS } from '../layers/figures.ts'
import type { LayersReport, Ratios, Rival } from '../layers/result.ts'
import { counted } from '../layout.ts'
import { figureTable, type Group, shown } from './figure-table.ts'
import { type Content, html } from './html.ts'
import type { Section } from './page.ts'

/** None where weft was measured alone. */
export function rivalsSections({ geomean, geomeanByClass, layers, rows: all, settings, scaling }: LayersReport): Section[] {
  const rivals = (Object.keys(RIVALS) as Rival[]).filter((rival) => geomean[rival] !== undefined)
  const scales = Object.entries(scaling).map(([threads, ratio]) => `${ratio.toFixed(2)} times faster on ${threads} threads`)
  const scaled =
    scales.length === 0
      ? null
      : html`<p>weft's layers that take ${SCALING_MS} ms or more on one thread: ${scales.join(', ')}.</p>`
  if (rivals.length === 0) return scaled === null ? [] : [{ title: 'Layers on more threads', body: scaled }]
  const cells = (ratios: Ratios, threads: number): Content[] =>
    rivals.map((rival) => shown(ratios[rival]?.[threads], (ratio) => ratio.toFixed(2)))
  const byClass = [...Object.entries(geomeanByClass), ['all', { layers: layers.length, geomean }] as const]
  const rows = byClass.flatMap(([name, { layers, geomean }]) =>
    settings.threads.map((threads) => [`${name}, ${counted(threads)}`, layers, ...cells(geomean, threads)]),
  )
  const single = [...new Set(all.flatMap(({ impl, threads, ownThreads }) => (ownThreads < threads ? [impl] : [])))]
  const alone = single.map((impl) => ` ${impl} has one thread everywhere, whatever the others have.`)
  const groups: Group[] = [{ title: null, about: null, rows }]
  const about = html`<p class="quiet">Geometric means of the other's median over weft's: over 1 weft is faster. best-native and best-portable are
    the faster of each kind, best of all, layer by layer.${alone}</p>`
  const table = figureTable(['class, threads', 'layers', ...rivals], groups)
  return [{ title: 'How many times faster weft is', body: html`${about}${scaled}${table}` }]
}
