// The page of what `weft-bench scale` measured.
import { number } from '../layout.ts'
import type { Report } from '../result.ts'
import type { Facts } from './facts.ts'
import { factsSection } from './facts-section.ts'
import type { Section } from './page.ts'
import { scalingSections } from './scaling-section.ts'

export async function scaleSections(report: Report, facts: Facts): Promise<Section[]> {
  const { peak, copy } = report
  const most = peak.gflopsPerCore === null ? peak.how : `${number(peak.gflopsPerCore)} GFLOP/s a core: ${peak.how}`
  const more = [
    ['Peak', most],
    ['Memory', `a copy on one core moves ${copy.gbPerSecond.toFixed(1)} GB/s, read and written counted`],
  ] as const
  return [...(await scalingSections(report)), factsSection(facts, more)]
}
