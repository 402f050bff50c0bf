// Cases, limits and outcomes for tests of what is made from them.
import { parseProblem } from '@weft/core'
import type { Impl, Outcome } from '../../src/layers/entrant.ts'
import type { Limits } from '../../src/layers/protocol.ts'
import type { Case } from '../../src/suites.ts'

export const caseOf = (text: string): Case => ({ problem: parseProblem(text), count: 1 })

export const outcome = (impl: Impl, threads: number, samples: readonly number[], more: Partial<Outcome> = {}): Outcome => ({
  impl,
  threads,
  kernel: impl === 'weft' ? 'f32-direct' : null,
  rounds: samples.length === 0 ? [] : [samples],
  where: impl === 'weft' && samples.length > 0 ? { compute: 0.9 * samples[0], barrier: 0.08, dispatch: 0.02 } : null,
  error: 1e-7,
  unsupported: null,
  trouble: null,
  ...more,
})

const copies = [
  { bytes: 2 ** 18, gbPerSecond: 200 },
  { bytes: 2 ** 26, gbPerSecond: 50 },
]
export const LIMITS: Readonly<Record<string, Limits>> = {
  1: { gflops: 100, copies },
  2: { gflops: 200, copies: copies.map(({ bytes, gbPerSecond }) => ({ bytes, gbPerSecond: 2 * gbPerSecond })) },
}
