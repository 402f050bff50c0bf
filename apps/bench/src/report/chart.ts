// A chart: a vega-lite specification drawn as SVG on our side. Colours are variables of the page, so one drawing serves light and dark.
import { createHash } from 'node:crypto'
import type { Config, TopLevelSpec } from 'vega-lite'
import { Html, html } from './html.ts'

export type Spec = TopLevelSpec

const LABEL = { labelColor: 'var(--quiet)', titleColor: 'var(--quiet)', labelFontSize: 11, titleFontSize: 11 } as const
const CONFIG: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  aria: false,
  view: { stroke: 'transparent' },
  axis: {
    ...LABEL,
    titleFontWeight: 'normal',
    gridColor: 'var(--grid)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
  },
  legend: { ...LABEL, titleFontWeight: 'normal', orient: 'top', labelLimit: 0 },
}

/** Of a half and of a third of a page on a desk. */
export const HALF = 536
export const THIRD = 344
/** A wide drawing would shrink there until it cannot be read. */
const PHONE = 340

/** A logarithmic scale from and to, with at least two marks and so few that none is upon another. @param to at least 1.4 times from */
export function logarithmic(from: number, to: number) {
  const labelExpr = "format(datum.value, datum.value < 10000 ? '~r' : '~s')"
  const values = to / from < 5 ? evenly(from, to) : byPowers(from, to, to / from > 150 ? [1] : [1, 2, 5])
  return { scale: { type: 'log' as const, domain: [from, to], nice: false }, axis: { values, labelExpr } }
}

function byPowers(from: number, to: number, steps: readonly number[]): number[] {
  const powers = Array.from({ length: 40 }, (_, index) => 10 ** (index - 20))
  return powers.flatMap((power) => steps.map((step) => step * power)).filter((value) => value >= from && value <= to)
}

/** Two to six of them, at 1, 2 or 5 of a power of ten from each other. */
function evenly(from: number, to: number): number[] {
  const rough = (to - from) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10) * power
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step)
}

/** As wide as the place for it. @param about what it shows, for who does not see it */
export async function drawForBoth(specOf: (width: number) => Spec, about: string, desk = HALF): Promise<Html> {
  const [wide, narrow] = [await draw(specOf(desk), about), await draw(specOf(PHONE), about)]
  return html`<div class="desk">${wide}</div><div class="phone">${narrow}</div>`
}

/** @param about what it shows, for who does not see it */
export async function draw(spec: Spec, about: string): Promise<Html> {
  // Imported here: other commands start without it.
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')])
  const { spec: full } = compile({ config: CONFIG, autosize: { type: 'fit', contains: 'padding' }, padding: 2, ...spec } as Spec)
  const view = new View(parse(full), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return new Html(alone(svg, about))
}

/** As a part of a page: drawings there share their names, so those of each get a prefix. */
function alone(svg: string, about: string): string {
  const prefix = createHash('sha256').update(svg).digest('hex').slice(0, 8)
  const label = about.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return svg
    .replace(/\bid="([^"]*)"/g, `id="c${prefix}-$1"`)
    .replace(/url\(#([^)]*)\)/g, `url(#c${prefix}-$1)`)
    .replace(/^<svg [^>]*>/, (tag) => {
      const kept = /\b(width|height|viewBox)="[^"]*"/g
      return `<svg ${tag.match(kept)?.join(' ')} role="img" aria-label="${label}">`
    })
}
