// A situation in which an engine is opened: what surrounds it, which tier it must have there, and for which reasons.
import type { TierName } from '@weft/core'
import type { OpenConfig } from './children/open.ts'

/** A folder that is another one for the child; FOLDER is an empty one of its own, with a name that needs care. */
export interface Mount {
  readonly on: string
  readonly how: 'noexec' | 'ro'
}

export interface Situation {
  readonly name: string
  /** One much like another: left to the long form. */
  readonly long?: boolean
  readonly config?: OpenConfig
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly flags?: readonly string[]
  readonly mounts?: readonly Mount[]
  readonly expect: {
    /** Names, with bars between them. */
    readonly tier?: string
    readonly error?: string
    /** Each must be found in the lines of engine.info.why, or in the error. */
    readonly why: readonly RegExp[]
    /** What preparing a layer gives while pages are refused. */
    readonly refused?: RegExp
    /** Tiers that the processor must have for this. */
    readonly needs?: readonly TierName[]
  }
}

export const NATIVE = 'avx2|avx512|amx'
export const BOTH = ['avx2', 'avx512'] as const
export const PORTABLE = 'relaxed'
