// The page of what `weft-bench layers` measured.

import { PEER_NAMES } from '../layers/peers.ts'
import type { LayersReport, Row } from '../layers/result.ts'
import { counted } from '../layout.ts'
import { dotChart } from './bar-chart.ts'
import type { Facts } from './facts.ts'
import { factsSection } from './facts-section.ts'
import { type Html, html } from './html.ts'
import { layersFigures } from './layers-figures.ts'
import { legend, pointKey } from './legend.ts'
import { IMPL_LOOKS, type Look } from './look.ts'
import { card, type Section } from './page.ts'
import { rivalsSections } from './rivals-section.ts'
import type { Spot } from './roofline.ts'
import { roofFacts, rooflineSections } from './roofline-section.ts'
import { type TracedLayer, whereByThreads, whereSections } from './where-section.ts'

export async function layersSections(report: LayersReport, facts: Facts): Promise<Section[]> {
  const looks = looksOf(report)
  const tier = report.machine.tier?.name ?? 'unknown'
  const roofline = await rooflineSections('Roofline by layer', report.roofs, tier, looks, (threads) => spotsOf(report, threads))
  return [
    ...rivalsSections(report),
    ...roofline,
    ...(await timeSections(report, looks)),
    ...(await whereSections('Where the time of weft goes', tracedLayers(report))),
    { title: 'Every figure by layer', body: layersFigures(report) },
    factsSection('weft-bench layers', facts, [['Items a run', report.settings.batch], ...roofFacts(report.roofs)]),
  ]
}

function looksOf({ versions }: LayersReport): Readonly<Record<string, Look>> {
  const impls = (['weft', ...PEER_NAMES] as const).filter((impl) => versions[impl] !== undefined)
  return Object.fromEntries(impls.map((impl) => [impl, IMPL_LOOKS[impl]]))
}

/** Each layer once: a suite's count of it is not part of these results. */
function tracedLayers({ layers, rows }: LayersReport): TracedLayer[] {
  return layers.map(({ problem, name }) => ({
    name,
    count: 1,
    where: whereByThreads(rows.filter((row) => row.problem === problem && row.impl === 'weft')),
  }))
}

function spotsOf({ layers, rows }: LayersReport, threads: number): Spot[] {
  const intensities = new Map(layers.map(({ problem, intensity }) => [problem, intensity]))
  return rows.flatMap(({ problem, threads: count, impl, gflops }) => {
    const intensity = intensities.get(problem)
    return count === threads && gflops !== null && intensity !== undefined ? [{ series: impl, intensity, gflops }] : []
  })
}

async function timeSections(report: LayersReport, looks: Readonly<Record<string, Look>>): Promise<Section[]> {
  const cards: Html[] = []
  for (const threads of report.settings.threads) {
    const lines = report.layers.map(({ problem, name }) => {
      const own = report.rows.filter((row) => row.problem === problem && row.threads === threads)
      return { name, ms: own.find(({ impl }) => impl === 'weft')?.medianMs ?? null, series: timesOf(own) }
    })
    const known = lines.filter(({ series }) => Object.keys(series).length > 0)
    if (known.length === 0) continue
    const chart = await dotChart(known, looks, `Milliseconds of each layer on ${counted(threads)}, by library`)
    cards.push(card(`Each layer on ${counted(threads)}`, chart))
  }
  if (cards.length === 0) return []
  const keys = Object.entries(looks).map(([name, look]) => pointKey(look, name))
  const about = html`<p class="quiet">Medians; the time in words is that of weft. To the left is faster.</p>`
  return [{ title: 'Time by layer', body: html`${about}${legend(keys)}<div class="cards wide">${cards}</div>` }]
}

function timesOf(rows: readonly Row[]): Readonly<Record<string, number>> {
  return Object.fromEntries(rows.flatMap(({ impl, medianMs }) => (medianMs === null ? [] : [[impl, medianMs]])))
}
