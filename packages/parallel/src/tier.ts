// Which tier is in force: the one that is asked for, or the fastest that verifies.
import {
  type ChosenTier,
  fastestTier,
  portableWorkspace,
  TIER_CHOICES,
  TIER_NAMES,
  type TierChoice,
  type TierName,
  type Verdict,
  verify,
  WeftError,
} from '@weft/core'
import type { KeptCode } from './native/kept-code.ts'
import { isNative, type Native, native, nativeWorkspace, type OpenWorkspace, verifyNative } from './native/native.ts'
import { allowPairing, pairingAllowed } from './pairing.ts'

/** Machine code, fastest first. */
const NATIVE = ['amx', 'avx512', 'avx2'] as const

/**
 * @param exclude tiers that are passed over
 * @param kept machine code of earlier starts
 * @param choice what the caller asked for; WEFT_TIER decides where the caller left it open
 * @throws OPTION for an unknown name, TIER when the tier that is asked for does not verify here
 */
export function chooseTier(
  choice: TierChoice | undefined,
  exclude: readonly TierName[] = [],
  kept: KeptCode | null = null,
): ChosenTier {
  const wanted = choice ?? tierOfEnvironment()
  for (const name of exclude) {
    if (!TIER_NAMES.includes(name)) throw new WeftError('OPTION', `exclude names '${name}'; there are ${TIER_NAMES.join(', ')}`)
  }
  // Whoever names the tier in the environment of a process has asked for what it needs.
  if (choice === undefined && wanted === 'paired') allowPairing()
  if (!TIER_CHOICES.includes(wanted)) {
    throw new WeftError('OPTION', `tier '${wanted}' is unknown; there are ${TIER_CHOICES.join(', ')}`)
  }
  if (wanted === 'wasm') return portable(exclude)
  if (wanted === 'auto') return automatic(exclude, kept)
  const { trusted, reason } = exclude.includes(wanted) ? { trusted: false, reason: 'it is excluded' } : tried(wanted, kept)
  if (!trusted) throw new WeftError('TIER', `tier ${wanted} is not to be had here: ${reason}`, { tier: wanted })
  return { tier: wanted, why: [`${wanted}: asked for; ${reason}`] }
}

/** What counts where nobody asks for a tier: WEFT_TIER, which may be no tier at all, or the fastest. */
export function tierOfEnvironment(): TierChoice {
  return (process.env.WEFT_TIER || 'auto') as TierChoice
}

/** The native object where a tier of machine code will be chosen, unless it does not verify; nothing is tried yet. */
export function likelyNative(
  choice: TierChoice | undefined,
  exclude: readonly TierName[] = [],
  kept: KeptCode | null = null,
): Native | null {
  const wanted = choice ?? tierOfEnvironment()
  const likely = NATIVE.filter((tier) => (wanted === 'auto' || wanted === tier) && !exclude.includes(tier))
  if (likely.length === 0) return null
  const here = native(kept)
  return typeof here !== 'string' && likely.some((tier) => here.features[tier]) ? here : null
}

function automatic(exclude: readonly TierName[], kept: KeptCode | null): ChosenTier {
  const why: string[] = []
  for (const tier of NATIVE) {
    const { trusted, reason } = exclude.includes(tier)
      ? { trusted: false, reason: 'excluded by the caller' }
      : verifyNative(tier, kept)
    why.push(`${tier}: ${reason}`)
    if (trusted) return { tier, why }
  }
  const next = portable(exclude)
  return { tier: next.tier, why: [...why, ...next.why] }
}

function portable(exclude: readonly TierName[]): ChosenTier {
  return fastestTier({ pairing: pairingAllowed(), exclude })
}

function tried(tier: TierName, kept: KeptCode | null): Verdict {
  return isNative(tier) ? verifyNative(tier, kept) : verify(tier)
}

/** A workspace of any tier, for kernels on the calling thread. @throws TIER when machine code cannot be loaded here */
export function openWorkspace(tier: TierName): OpenWorkspace {
  if (!isNative(tier)) return { workspace: portableWorkspace(tier), close: () => {} }
  const here = native()
  if (typeof here === 'string') throw new WeftError('TIER', `tier ${tier} is not to be had here: ${here}`, { tier })
  return nativeWorkspace(here, tier)
}
