// Chains and the vector paths of operators, as safe as convolutions are: see guard.test.ts, registers.test.ts and bits.test.ts.
import type { TierName } from '@weft/core'
import { describe, it } from 'vitest'
import { ELSEWHERE, NATIVE_TIERS } from './here.ts'
import { works } from './parts/works.ts'
import { SEED, settle } from './settle.ts'

const TIERS: readonly TierName[] = ['simd128', 'relaxed', 'paired', ...NATIVE_TIERS]
const TOLD =
  'touch nothing but their operands, give registers and MXCSR back, and give the same bits on every fused tier, however they are cut'

describe.skipIf(ELSEWHERE)(`on ${TIERS.join(', ')}${ELSEWHERE}`, () => {
  it(`30 random chains ${TOLD}: those of their convolutions`, async (context) => {
    settle(context, await works({ kind: 'chains', tiers: TIERS, seed: SEED, cases: 30 }))
  })

  it(`200 random calls of operators ${TOLD}, and are right`, async (context) => {
    settle(context, await works({ kind: 'operators', tiers: TIERS, seed: SEED, cases: 200 }))
  })
})
