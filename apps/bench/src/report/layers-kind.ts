// Results of `weft-bench layers`.
import * as v from 'valibot'
import type { Timing } from '../compare/changes.ts'
import { PEER_NAMES } from '../layers/peers.ts'
import type { LayersReport } from '../layers/result.ts'
import { factsOf } from './facts.ts'
import type { Kind } from './results.ts'
import { ABOUT, count, line, MACHINE, OTHERS, positive, ROOF, TIER, WHERE } from './schema.ts'

const IMPL = v.picklist(['weft', ...PEER_NAMES])
const RATIOS = v.record(line, v.record(line, positive))
const ROW = v.looseObject({
  problem: line,
  name: line,
  threads: count,
  impl: IMPL,
  ownThreads: count,
  kernel: v.nullable(line),
  medianMs: v.nullable(positive),
  bestMs: v.nullable(positive),
  spread: v.nullable(positive),
  runs: positive,
  rounds: v.array(v.array(positive)),
  where: v.nullable(WHERE),
  gflops: v.nullable(positive),
  boundShare: v.nullable(positive),
  // JSON has no infinity: what is infinitely far is null there too.
  error: v.nullable(positive),
  unsupported: v.nullable(line),
  trouble: v.nullable(line),
})
const REPORT = v.looseObject({
  ...ABOUT,
  machine: v.looseObject({ ...MACHINE.entries, others: OTHERS, tier: v.nullable(TIER) }),
  roofs: v.array(ROOF),
  settings: v.looseObject({ threads: v.array(count), batch: count }),
  versions: v.record(line, line),
  layers: v.array(
    v.looseObject({
      problem: line,
      name: line,
      classes: v.array(line),
      macs: positive,
      bytes: positive,
      intensity: positive,
      bound: v.record(line, v.nullable(v.looseObject({ gflops: positive, by: line }))),
      ratios: RATIOS,
    }),
  ),
  rows: v.array(ROW),
  geomean: RATIOS,
  geomeanByClass: v.record(line, v.looseObject({ layers: count, geomean: RATIOS })),
  scaling: v.record(line, positive),
})

export const LAYERS: Kind = {
  tool: 'weft-bench layers',
  format: 4,
  open(value) {
    v.assert(REPORT, value)
    const report = value as unknown as LayersReport
    const { machine, versions } = report
    const peers = Object.entries(versions).flatMap(([impl, version]) => (impl === 'weft' ? [] : [`${impl} ${version}`]))
    const facts = factsOf(report, machine.tier ?? null, machine.others, peers)
    return {
      facts,
      timings: () => timingsOf(report),
      async sections() {
        const { layersSections } = await import('./layers-page.ts')
        return layersSections(report, facts)
      },
    }
  },
}

/** A peer of one thread has a row for every thread count, with the same times: they count once. */
function timingsOf({ rows }: LayersReport): Timing[] {
  const timings = rows.flatMap(({ problem, name, impl, ownThreads, rounds }) =>
    rounds.length === 0 ? [] : [{ name, way: `${ownThreads}, ${impl}`, key: `${problem} ${impl} ${ownThreads}`, rounds }],
  )
  return [...new Map(timings.map((timing) => [timing.key, timing])).values()]
}
