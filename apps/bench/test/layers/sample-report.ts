// A report of layers with every library and with names of every length, for tests of what is made from it.
import type { Impl } from '../../src/layers/entrant.ts'
import { layerResult, summaryOf } from '../../src/layers/figures.ts'
import { PEER_NAMES } from '../../src/layers/peers.ts'
import type { LayersReport } from '../../src/layers/result.ts'
import { sampleReport } from '../sample-report.ts'
import { caseOf, LIMITS, outcome } from './sample-rows.ts'

const PROBLEMS = [
  'ic64ih56oc64kh3ph1n"resnet50:conv2*3"',
  'ic64ih56oc256kh1n"a<b>&c"',
  'g4ic64id16ih56iw57oc64kd3kh3kw5sd1sh1sw1pd1ph1pw2dd0dh0dw0n"a-name-that-is-longer-than-a-phone-is-wide-and-goes-on"',
  'g32ic32ih14oc32kh3ph1',
]

export function sampleLayersReport(): LayersReport {
  const { machine, tier, others, version, date, roofs } = sampleReport([1])
  const impls: Impl[] = ['weft', ...PEER_NAMES]
  const results = PROBLEMS.map((text, at) =>
    layerResult(
      caseOf(text),
      impls.flatMap((impl, index) =>
        [1, 2].map((threads) => {
          const ms = ((at + 1) ** 3 * (index + 1)) / threads
          return at === 1 && impl === 'pytorch'
            ? outcome(impl, threads, [], { unsupported: `no ${'such '.repeat(20)}operation` })
            : outcome(impl, threads, [ms, 1.1 * ms, 1.2 * ms], impl === 'weft' && at === 0 ? { kernel: 'f32-broadcast' } : {})
        }),
      ),
      LIMITS,
    ),
  )
  const [layers, rows] = [results.map(({ layer }) => layer), results.flatMap((result) => result.rows)]
  return {
    tool: 'weft-bench layers',
    format: 4,
    version,
    date,
    command: 'weft-bench layers --suite resnet50 --threads 1,2',
    machine: { ...machine, tier, limits: LIMITS, others },
    roofs: roofs.map((roof, index) => ({ ...roof, threads: index + 1 })),
    settings: { threads: [1, 2], batch: 1, minMs: 120, minRuns: 5, rounds: 5 },
    versions: Object.fromEntries(impls.map((impl) => [impl, '1.2.3'])),
    layers,
    rows,
    ...summaryOf(layers, rows, [1, 2]),
  }
}
