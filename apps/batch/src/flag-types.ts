// What the flags of the commands come to once their text is read.
import type { ActivationOption, Numerics, PaddingMode, PaddingOption, PerAxis, TierChoice } from '@weft/core'
import type { Channels } from '@weft/io'
import type { Parallelism } from '@weft/parallel'
import type { PresetName } from './conv/presets.ts'
import type { OutputFormat } from './outputs.ts'
import type { Address } from './queue/connection.ts'
import type { Shard } from './shard.ts'

/** A number, or so many in a hundred. */
export interface Share {
  readonly value: number
  readonly percent: boolean
}

/** Those of every command that runs a batch. */
export interface BatchFlags {
  readonly output: string
  readonly format?: OutputFormat | undefined
  readonly quality?: number | undefined
  readonly batchAxis?: number | undefined
  readonly every?: number | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly maxPixels?: number | undefined
  readonly threads?: number | undefined
  readonly tier?: TierChoice | undefined
  readonly parallel?: Parallelism | undefined
  readonly shard?: Shard | undefined
  readonly summary?: string | undefined
  readonly restart?: boolean | undefined
  readonly verify?: boolean | undefined
  readonly retryFailed?: boolean | undefined
  readonly dryRun?: boolean | undefined
  readonly retries?: number | undefined
  readonly haltAfter?: Share | undefined
  readonly timeout?: number | undefined
  readonly timeLimit?: number | undefined
  readonly json?: boolean | undefined
  readonly log?: 'json' | undefined
  readonly quiet?: boolean | undefined
  readonly verbose?: boolean | undefined
}

export interface ConvFlags extends BatchFlags {
  readonly kernel?: PresetName | undefined
  readonly weight?: string | undefined
  readonly bias?: string | undefined
  readonly stride?: PerAxis | undefined
  readonly padding?: PaddingOption | undefined
  readonly paddingMode?: PaddingMode | undefined
  readonly numerics?: Numerics | undefined
  readonly dilation?: PerAxis | undefined
  readonly groups?: number | undefined
  readonly activation?: ActivationOption | undefined
  readonly channels?: Channels | undefined
}

/** Those of commands that look at an output. */
export interface OutputFlags {
  readonly json?: boolean | undefined
}

export interface StatusFlags extends OutputFlags {
  readonly queue?: Address | undefined
}

export interface ExplainFlags {
  readonly shape?: readonly string[] | undefined
  readonly threads?: number | undefined
  readonly passes?: boolean | undefined
  readonly profile?: boolean | undefined
  readonly trace?: string | undefined
  readonly tier?: TierChoice | undefined
  readonly json?: boolean | undefined
}

export interface DoctorFlags {
  readonly queue?: Address | undefined
  readonly json?: boolean | undefined
}
