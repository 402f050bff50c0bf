// What one core can do at most, measured in a process of its own: several at once show what the cores can do together.
import { type TierName, WeftError } from '@weft/core'
import { allowPairing, chooseTier } from '@weft/parallel'
import { measureCopy } from '../copy-speed.ts'
import { measurePeak } from '../peak.ts'
import { VERSION } from '../version.ts'
import type { TierPeak } from './protocol.ts'
import { serve } from './serve.ts'

/** Read and written together: from what a core keeps to itself to what no cache holds. */
const SIZES = [18, 20, 22, 24, 26, 27].map((power) => 2 ** power)

const [pairing] = process.argv.slice(2)
if (pairing === 'pairing') allowPairing()

async function peakOf(tier: TierName, ms: number): Promise<TierPeak> {
  try {
    const { why } = chooseTier(tier)
    return { tier, gflops: await measurePeak(tier, ms), why: why[0] }
  } catch (error) {
    if (!(error instanceof WeftError)) throw error
    return { tier, gflops: null, why: error.message }
  }
}

await serve(
  { version: VERSION },
  {
    async limits({ tier, ms }) {
      const gflops = await measurePeak(tier, ms)
      const copies = SIZES.map((bytes) => ({ bytes, gbPerSecond: measureCopy(bytes / 2, ms).gbPerSecond }))
      return { gflops, copies }
    },
    async peaks({ tiers, ms }) {
      const peaks: TierPeak[] = []
      for (const tier of tiers) peaks.push(await peakOf(tier, ms))
      return { peaks }
    },
  },
)
