// Results of `weft-bench scale`.
import * as v from 'valibot'
import type { Timing } from '../compare/changes.ts'
import { MODES } from '../mode.ts'
import type { Report } from '../result.ts'
import { factsOf } from './facts.ts'
import type { Kind } from './results.ts'
import { ABOUT, count, line, MACHINE, OTHERS, positive, ROOF, TIER, WHERE } from './schema.ts'

const FIGURES = v.looseObject({
  gflops: positive,
  speedup: v.nullable(positive),
  efficiency: v.nullable(positive),
  peakShare: v.nullable(positive),
})
const ROW = v.looseObject({
  mode: v.picklist(MODES),
  threads: count,
  batch: count,
  kernel: v.nullable(line),
  prepareMs: positive,
  firstRunMs: positive,
  ms: v.nullable(v.looseObject({ min: positive, p50: positive, p90: positive, p99: positive, max: positive, runs: count })),
  rounds: v.array(v.array(positive)),
  figures: v.nullable(FIGURES),
  where: v.nullable(WHERE),
  trouble: v.nullable(line),
})
const CASE = v.looseObject({
  problem: line,
  name: line,
  count,
  macs: positive,
  flops: positive,
  bytes: positive,
  intensity: positive,
  rows: v.array(ROW),
  trouble: v.nullable(line),
})
const TARGET = v.looseObject({
  name: line,
  convolutions: count,
  cases: v.array(CASE),
  totals: v.array(v.looseObject({ mode: v.picklist(MODES), threads: count, ms: positive, figures: FIGURES })),
})
const REPORT = v.looseObject({
  ...ABOUT,
  machine: MACHINE,
  others: OTHERS,
  tier: TIER,
  peak: v.looseObject({ gflopsPerCore: v.nullable(positive), how: line }),
  copy: v.looseObject({ gbPerSecond: positive }),
  roofs: v.array(ROOF),
  settings: v.looseObject({ modes: v.array(v.picklist(MODES)), threads: v.array(count) }),
  targets: v.array(TARGET),
})

export const SCALE: Kind = {
  tool: 'weft-bench',
  format: 2,
  open(value) {
    v.assert(REPORT, value)
    const report = value as unknown as Report
    const facts = factsOf(report, report.tier, report.others)
    return {
      facts,
      timings: () => timingsOf(report),
      async sections() {
        const { scaleSections } = await import('./scale-page.ts')
        return scaleSections(report, facts)
      },
    }
  },
}

function timingsOf({ targets }: Report): Timing[] {
  return targets.flatMap(({ cases }) =>
    cases.flatMap(({ problem, name, rows }) =>
      rows
        .filter(({ rounds }) => rounds.length > 0)
        .map(({ mode, threads, rounds }) => ({ name, way: `${threads}, ${mode}`, key: `${problem} ${mode} ${threads}`, rounds })),
    ),
  )
}
