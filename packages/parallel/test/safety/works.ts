// Work of a kind made at random, and what is known of its result.
import type { TierName } from '@weft/core'
import type { Operands } from '../../../core/test/run-kernel.ts'
import type { Work } from './kernel-run.ts'
import { randomChain } from './random-chains.ts'
import { randomOp } from './random-ops.ts'

export interface RandomWork {
  readonly index: number
  /** For a person to read. */
  readonly text: string
  readonly operands: Operands
  /** As so many workers would share it; null where the tier has no code for it. */
  on(tier: TierName, workers: number): Work | null
  /** In words; null where everything is right, and the bits of fused tiers are those of each other. */
  wrong(y: Float32Array, tier: TierName): string | null
}

export const WORKS = { chains: randomChain, operators: randomOp } as const
