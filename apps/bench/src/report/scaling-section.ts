// The section that says how a suite or problem scales over the cores.
import type { Mode } from '../mode.ts'
import type { Report, TargetResult } from '../result.ts'
import { HALF, THIRD } from './chart.ts'
import { type Curve, curvesOf, PROJECTED } from './curve.ts'
import { type Html, html } from './html.ts'
import { card, type Section } from './page.ts'
import { curveWords } from './scaling-words.ts'
import { curvesLegend, efficiencyChart, projectionChart, speedupChart } from './speedup-charts.ts'

const ABOUT: Readonly<Record<Mode, string>> = {
  channels: 'all threads share one item',
  items: 'each thread takes whole items',
}

export async function scalingSections({ targets, settings, machine }: Report): Promise<Section[]> {
  const sections: Section[] = []
  for (const target of targets) {
    const curves = curvesOf(target, settings.modes, machine.cores)
    if (curves.length > 0) sections.push({ title: `Speed-up: ${titleOf(target)}`, body: await bodyOf(curves) })
  }
  return sections
}

function titleOf({ name, cases, convolutions }: TargetResult): string {
  return cases.length > 1 ? `${name}, all ${convolutions} convolutions` : (cases[0]?.name ?? name)
}

async function bodyOf(curves: readonly Curve[]): Promise<Html> {
  const words = curves.map(
    (curve) =>
      html`<div class="card"><h3>${curve.mode}: ${ABOUT[curve.mode]}</h3><ul>${curveWords(curve).map((words) => html`<li>${words}</li>`)}</ul></div>`,
  )
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ threads }) => threads)))
  const told = html`<div class="cards wide">${words}</div>`
  if (most === 1) return told
  const projected = most < PROJECTED
  const desk = projected ? THIRD : HALF
  const charts = [
    card('Speed-up', await speedupChart(curves, desk)),
    card('Efficiency', await efficiencyChart(curves, desk)),
    ...(projected ? [card(`Projected to ${PROJECTED} cores, not measured`, await projectionChart(curves, desk))] : []),
  ]
  return html`${told}${curvesLegend(curves)}<div class="cards">${charts}</div>`
}
