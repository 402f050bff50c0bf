// The page of what `weft-bench scale` measured.
import { number } from '../layout.ts'
import type { CaseResult, Report } from '../result.ts'
import type { Facts } from './facts.ts'
import { factsSection } from './facts-section.ts'
import { type Look, MODE_LOOKS } from './look.ts'
import type { Section } from './page.ts'
import type { Spot } from './roofline.ts'
import { roofFacts, rooflineSections } from './roofline-section.ts'
import { scaleFigures } from './scale-figures.ts'
import { scalingSections } from './scaling-section.ts'
import { type TracedLayer, whereByThreads, whereSections } from './where-section.ts'

export async function scaleSections(report: Report, facts: Facts): Promise<Section[]> {
  const { peak, copy } = report
  const most = peak.gflopsPerCore === null ? peak.how : `${number(peak.gflopsPerCore)} GFLOP/s a core: ${peak.how}`
  const more = [
    ['Peak', most],
    ['Memory', `a copy on one core moves ${copy.gbPerSecond.toFixed(1)} GB/s, read and written counted`],
    ...roofFacts(report.roofs),
  ] as const
  const name = report.targets.map((target) => target.name).join(', ')
  return [
    ...(await scalingSections(report)),
    ...(await rooflineSections(`Roofline: ${name}`, report.roofs, report.tier.name, looksOf(report), (threads) =>
      spotsOf(report, threads),
    )),
    ...(await whereSections(
      'Time by layer, and where it goes',
      report.targets.flatMap(({ cases }) => cases.map(traced)),
    )),
    { title: `Every figure: ${name}`, body: scaleFigures(report) },
    factsSection('weft-bench scale', facts, more),
  ]
}

function traced({ name, count, rows }: CaseResult): TracedLayer {
  return { name, count, where: whereByThreads(rows) }
}

function looksOf({ settings }: Report): Readonly<Record<string, Look>> {
  return Object.fromEntries(settings.modes.map((mode) => [mode, MODE_LOOKS[mode]]))
}

function spotsOf({ targets }: Report, threads: number): Spot[] {
  return targets.flatMap(({ cases }) =>
    cases.flatMap(({ intensity, rows }) =>
      rows.flatMap((row) =>
        row.threads === threads && row.figures !== null ? [{ series: row.mode, intensity, gflops: row.figures.gflops }] : [],
      ),
    ),
  )
}
