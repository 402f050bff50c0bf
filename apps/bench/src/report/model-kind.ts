// Results of `weft-bench model`.
import * as v from 'valibot'
import type { Timing } from '../compare/changes.ts'
import { PEER_NAMES } from '../layers/peers.ts'
import type { ModelReport } from '../model/result.ts'
import { factsOf } from './facts.ts'
import type { Kind } from './results.ts'
import { ABOUT, count, line, MACHINE, OTHERS, positive, TIER } from './schema.ts'

const IMPL = v.picklist(['weft', ...PEER_NAMES])
const RATIOS = v.record(line, v.record(line, positive))
const LATENCY = v.looseObject({
  impl: IMPL,
  threads: count,
  medianMs: v.nullable(positive),
  p95Ms: v.nullable(positive),
  bestMs: v.nullable(positive),
  runs: positive,
  rounds: v.array(v.array(positive)),
  error: v.nullable(positive),
  trouble: v.nullable(line),
})
const BATCH_ROW = v.looseObject({
  impl: IMPL,
  threads: count,
  itemsPerSecond: v.nullable(positive),
  seconds: v.array(positive),
  trouble: v.nullable(line),
})
const REPORT = v.looseObject({
  ...ABOUT,
  machine: v.looseObject({ ...MACHINE.entries, others: OTHERS, tier: v.nullable(TIER) }),
  versions: v.record(line, line),
  model: v.looseObject({ name: line, digest: line, shapes: v.record(line, v.array(positive)) }),
  latency: v.array(LATENCY),
  latencyRatios: RATIOS,
  batch: v.looseObject({ items: positive, left: v.nullable(line), rows: v.array(BATCH_ROW) }),
  batchRatios: RATIOS,
})

export const MODEL: Kind = {
  tool: 'weft-bench model',
  format: 1,
  open(value) {
    v.assert(REPORT, value)
    const report = value as unknown as ModelReport
    const { machine, versions } = report
    const peers = Object.entries(versions).flatMap(([impl, version]) => (impl === 'weft' ? [] : [`${impl} ${version}`]))
    const facts = factsOf(report, machine.tier ?? null, machine.others, peers)
    return {
      facts,
      timings: () => timingsOf(report),
      async sections() {
        const { modelSections } = await import('./model-page.ts')
        return modelSections(report, facts)
      },
    }
  },
}

function timingsOf({ model, latency }: ModelReport): Timing[] {
  return latency.flatMap(({ impl, threads, rounds }) =>
    rounds.length === 0
      ? []
      : [{ name: model.name, way: `${threads}, ${impl}`, key: `${model.name} ${impl} ${threads}`, rounds }],
  )
}
