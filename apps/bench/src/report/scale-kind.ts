// Results of `weft-bench scale`.
import * as v from 'valibot'
import { MODES } from '../mode.ts'
import type { Report } from '../result.ts'
import type { Kind } from './results.ts'
import { ABOUT, count, MACHINE, OTHERS, positive, TIER } from './schema.ts'

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
  kernel: v.nullable(v.string()),
  prepareMs: positive,
  firstRunMs: positive,
  ms: v.nullable(v.looseObject({ min: positive, p50: positive, p90: positive, p99: positive, max: positive, runs: count })),
  figures: v.nullable(FIGURES),
  trouble: v.nullable(v.string()),
})
const CASE = v.looseObject({
  problem: v.string(),
  name: v.string(),
  count,
  macs: positive,
  flops: positive,
  bytes: positive,
  intensity: positive,
  rows: v.array(ROW),
  trouble: v.nullable(v.string()),
})
const TARGET = v.looseObject({
  name: v.string(),
  convolutions: count,
  cases: v.array(CASE),
  totals: v.array(v.looseObject({ mode: v.picklist(MODES), threads: count, ms: positive, figures: FIGURES })),
})
const REPORT = v.looseObject({
  ...ABOUT,
  machine: MACHINE,
  others: OTHERS,
  tier: TIER,
  peak: v.looseObject({ gflopsPerCore: v.nullable(positive), how: v.string() }),
  copy: v.looseObject({ gbPerSecond: positive }),
  settings: v.looseObject({ modes: v.array(v.picklist(MODES)), threads: v.array(count) }),
  targets: v.array(TARGET),
})

export const SCALE: Kind = {
  tool: 'weft-bench',
  format: 1,
  open(value) {
    v.assert(REPORT, value)
    const report = value as unknown as Report
    return {
      async sections() {
        const { scaleSections } = await import('./scale-page.ts')
        return scaleSections(report)
      },
    }
  },
}
