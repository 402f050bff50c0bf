// A report with numbers of every length, for tests of what is made from it.
import { parseProblem } from '@weft/core'
import { caseResult, type Outcome, targetResult } from '../src/figures.ts'
import type { Report } from '../src/result.ts'

export function sampleReport(samples: readonly number[], name = 'layer*2'): Report {
  const one = { problem: parseProblem(`g4ic64id16ih56iw57oc64kd3kh3kw5sd1sh1sw1pd1ph1pw2dd0dh0dw0n"${name}"`), count: 2 }
  const target = { name: 'my,suite', suite: true, cases: [one] }
  const outcomes = (['channels', 'items'] as const).flatMap((mode) =>
    [1, 2, 1024].map(
      (threads): Outcome => ({
        mode,
        threads,
        copies: mode === 'items' ? threads : 1,
        rounds: threads === 1024 && mode === 'items' ? [] : [[...samples]],
        prepareMs: 12.5,
        firstRunMs: 123456,
        selection: { kernel: 'f32-direct', refusals: [] },
        where: mode === 'channels' ? { compute: 1, barrier: 0.25, dispatch: 0.125 } : null,
        identical: true,
        trouble: threads === 1024 && mode === 'items' ? `no room for ${'very '.repeat(20)}many bytes` : null,
      }),
    ),
  )
  return {
    tool: 'weft-bench',
    format: 2,
    version: '0.1.0',
    date: '2026-01-02T03:04:05.678Z',
    command: 'weft-bench scale g4ic64id16ih56iw57oc64kd3kh3 --threads 1,2,1024 --tier relaxed --min-ms 500 --min-runs 10',
    machine: {
      cpu: 'Some(R) Processor(TM) with a Long Name 9999X 128-Core',
      cores: 256,
      arch: 'x64',
      platform: 'linux',
      release: '6.1',
      memoryBytes: 2 ** 36,
      node: '24.21.0',
      v8: '13.6',
    },
    others: { busy: 123.4, cores: 256 },
    tier: { name: 'relaxed', about: 'about', why: ['paired: no', 'relaxed: known answers verified, and then some more words'] },
    peak: { gflopsPerCore: 1234.5, how: 'fused multiply-adds on registers alone, one core, tier relaxed' },
    copy: { gbPerSecond: 12.34, bytes: 1 },
    roofs: [1, 256].map((threads) => ({
      threads,
      peaks: [
        { tier: 'simd128', gflops: 300 * threads, why: 'asked for' },
        { tier: 'relaxed', gflops: 1234.5 * threads, why: 'asked for' },
        { tier: 'avx512', gflops: null, why: 'tier avx512 is not to be had here' },
      ],
      copies: [
        { bytes: 2 ** 18, gbPerSecond: 100 * threads },
        { bytes: 2 ** 27, gbPerSecond: 12 * threads },
      ],
    })),
    settings: { threads: [1, 2, 1024], modes: ['channels', 'items'], kernel: null, minMs: 500, minRuns: 10, rounds: 5 },
    engines: [{ threads: 1, openMs: 1 }],
    targets: [targetResult(target, [caseResult(one, outcomes, null, 1234.5)], 1234.5)],
    failures: 1,
  }
}
