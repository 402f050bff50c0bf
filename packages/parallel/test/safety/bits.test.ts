// The fused tiers give the same bits, machine code and WebAssembly alike.
import type { TierName } from '@weft/core'
import { describe, it } from 'vitest'
import { ELSEWHERE, NATIVE_TIERS } from './here.ts'
import { bits } from './parts/bits.ts'
import { subnormal } from './parts/subnormal.ts'
import { SEED, settle } from './settle.ts'

const FUSED: readonly TierName[] = ['relaxed', 'paired', ...NATIVE_TIERS]
const ALONE = NATIVE_TIERS.length < 2 ? ' (skipped: this processor has one of them)' : ''

describe.skipIf(ELSEWHERE)(`the tiers${ELSEWHERE}`, () => {
  it(`${FUSED.join(', ')} agree to the bit on 100 random convolutions`, async (context) => {
    settle(context, await bits(FUSED, SEED, 0, 100))
  })

  it.skipIf(NATIVE_TIERS.length < 2)(`of machine code agree where sums and results are subnormal${ALONE}`, async (context) => {
    settle(context, await bits(NATIVE_TIERS, SEED, 0, 100, 1e-19))
  })

  it('of machine code take subnormal pixels as zero and give no subnormal results, for any number of threads', async (context) => {
    settle(context, await subnormal(NATIVE_TIERS))
  })
})
