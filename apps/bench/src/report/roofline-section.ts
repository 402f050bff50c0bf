// The section of the roofline: what the machine allows, and where every layer stands below it.

import type { CopyRate } from '../layers/protocol.ts'
import { counted, number, scaled } from '../layout.ts'
import type { Roof } from '../roofs.ts'
import { quantile } from '../statistics.ts'
import { percent } from './figure-table.ts'
import { type Html, html } from './html.ts'
import { legend, lineKey, pointKey } from './legend.ts'
import type { Look } from './look.ts'
import { card, type Section } from './page.ts'
import { type Roofline, rooflineOf, type Spot } from './roofline.ts'
import { CACHE_DASH, rooflineChart } from './roofline-chart.ts'

/**
 * @param tier in force
 * @param spotsOf what was measured on so many threads
 * @returns none where the machine was not measured, as without --json and --html
 */
export async function rooflineSections(
  title: string,
  roofs: readonly Roof[],
  tier: string,
  looks: Readonly<Record<string, Look>>,
  spotsOf: (threads: number) => readonly Spot[],
): Promise<Section[]> {
  const rooflines = roofs.flatMap((roof) => rooflineOf(roof, spotsOf(roof.threads)) ?? [])
  if (rooflines.length === 0) return []
  const cards: Html[] = []
  for (const roofline of rooflines) {
    const chart = await rooflineChart(roofline, looks, tier)
    cards.push(card(counted(roofline.threads), html`${wordsOf(roofline, tier)}${chart}${slopes(roofline)}`))
  }
  const keys = Object.entries(looks).map(([name, look]) => pointKey(look, name))
  const body = html`<p class="quiet">A point is a layer: how many FLOPs its definition has for each byte that it must move at least, and how many it
    did a second. No layer passes the level of its tier, unless its algorithm multiplies less than the definition does, nor the
    slope of memory, unless its data stay in the caches.</p>
    ${legend([...keys, lineKey('var(--line)', [1, 0], 'a tier'), lineKey('var(--ink)', [1, 0], `${tier}, in force`)])}
    <div class="cards wide">${cards}</div>`
  return [{ title, body }]
}

/** Every figure of them, by what it is. */
export function roofFacts(roofs: readonly Roof[]): (readonly [string, string])[] {
  return roofs.map(({ threads, peaks, copies }) => {
    const most = peaks.map(({ tier, gflops }) => `${tier} ${gflops === null ? 'none' : number(gflops)}`)
    const moved = copies.map(({ bytes, gbPerSecond }) => `${gbPerSecond.toFixed(1)} (${scaled(bytes)}B)`)
    return [
      `On ${threads === 1 ? '1 core' : `${threads} cores`}`,
      `GFLOP/s: ${most.join(', ')}. GB/s of copies: ${moved.join(', ')}`,
    ]
  })
}

function wordsOf({ peaks, spots }: Roofline, tier: string): Html | null {
  const peak = peaks.find((one) => one.tier === tier)
  if (peak === undefined) return null
  const names = [...new Set(spots.map(({ series }) => series))]
  const shares = names.map((name) => {
    const own = spots.filter(({ series }) => series === name).map(({ gflops }) => gflops / peak.gflops)
    return `${name} ${percent(quantile(Float64Array.from(own).sort(), 0.5))}`
  })
  return html`<p>Of the peak of ${tier}, half of the layers reach at least: ${shares.join(', ')}.</p>`
}

function slopes({ memory, cache }: Roofline): Html {
  const words = ({ bytes, gbPerSecond }: CopyRate) => `${gbPerSecond.toFixed(1)} GB/s, copies of ${scaled(bytes)}B a core`
  return legend([
    lineKey('var(--line)', [1, 0], `memory: ${words(memory)}`),
    lineKey('var(--quiet)', CACHE_DASH, `cache: ${words(cache)}`),
  ])
}
