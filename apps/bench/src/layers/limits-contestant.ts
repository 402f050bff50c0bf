// What one core can do at most, measured in a process of its own: several at once show what the cores can do together.
import type { TierName } from '@weft/core'
import { allowPairing } from '@weft/parallel'
import { measureCopy } from '../copy-speed.ts'
import { measurePeak } from '../peak.ts'
import { VERSION } from '../version.ts'
import { serve } from './serve.ts'

/** Read and written together: from what a core keeps to itself to what no cache holds. */
const SIZES = [18, 20, 22, 24, 26, 27].map((power) => 2 ** power)

const [tier, pairing] = process.argv.slice(2)
if (pairing === 'pairing') allowPairing()

await serve(
  { version: VERSION },
  {
    async limits({ ms }) {
      const gflops = await measurePeak(tier as TierName, ms)
      const copies = SIZES.map((bytes) => ({ bytes, gbPerSecond: measureCopy(bytes / 2, ms).gbPerSecond }))
      return { gflops, copies }
    },
  },
)
