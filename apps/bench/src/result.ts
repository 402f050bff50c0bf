// The shape of a report: what --json writes, and what table and CSV are made from.
import type { TierName } from '@weft/core'
import type { CopySpeed } from './copy-speed.ts'
import type { MachineFacts } from './machine.ts'
import type { Mode } from './mode.ts'
import type { Others } from './others.ts'
import type { Roof } from './roofs.ts'
import type { Rounds } from './rounds.ts'
import type { Summary } from './statistics.ts'
import type { Where } from './where.ts'

/** What follows from the time of one problem. */
export interface Figures {
  /** FLOPs of the problem over its median time. */
  readonly gflops: number
  /** Time of one thread over this one's, the same way; null where one thread failed. */
  readonly speedup: number | null
  readonly efficiency: number | null
  /** GFLOP/s a thread over the measured peak of a core; null where the tier has none. */
  readonly peakShare: number | null
}

export interface Row {
  readonly mode: Mode
  readonly threads: number
  /** Items of the batch that one run takes. */
  readonly batch: number
  readonly kernel: string | null
  /** Cold costs: making the layer, and its first run, in milliseconds. */
  readonly prepareMs: number
  readonly firstRunMs: number
  /** Milliseconds of one problem; with items those of a run over its copies. Null where there is trouble. */
  readonly ms: Summary | null
  /** Some of the times that these were made from. */
  readonly rounds: Rounds
  readonly figures: Figures | null
  /** Of the way that shares an item; null where results are not kept, and where a kernel is asked for. */
  readonly where: Where | null
  /** Whether every result had the bits of one thread's; null where none came so far. */
  readonly identical: boolean | null
  readonly trouble: string | null
}

export interface CaseResult {
  /** The text that repeats it. */
  readonly problem: string
  readonly name: string
  readonly count: number
  readonly xShape: readonly number[]
  readonly weightShape: readonly number[]
  readonly yShape: readonly number[]
  readonly macs: number
  readonly flops: number
  readonly bytes: number
  readonly intensity: number
  readonly kernel: string | null
  readonly refusals: readonly { readonly kernel: string; readonly reason: string }[]
  readonly rows: readonly Row[]
  readonly trouble: string | null
}

/** All convolutions of a suite one after the other: medians times counts. */
export interface Total {
  readonly mode: Mode
  readonly threads: number
  readonly ms: number
  readonly figures: Figures
}

export interface TargetResult {
  readonly name: string
  readonly convolutions: number
  readonly macs: number
  readonly cases: readonly CaseResult[]
  /** Empty for a problem that is not of a suite, and where a case failed. */
  readonly totals: readonly Total[]
}

export interface Report {
  readonly tool: 'weft-bench'
  readonly format: 2
  readonly version: string
  readonly date: string
  readonly command: string
  readonly machine: MachineFacts
  /** What other programs took of it meanwhile. */
  readonly others: Others
  readonly tier: { readonly name: TierName; readonly about: string; readonly why: readonly string[] }
  readonly peak: { readonly gflopsPerCore: number | null; readonly how: string }
  readonly copy: CopySpeed
  /** Of one core and of as many as were measured; none where results are not kept. */
  readonly roofs: readonly Roof[]
  readonly settings: {
    readonly threads: readonly number[]
    readonly modes: readonly Mode[]
    readonly kernel: string | null
    readonly minMs: number
    readonly minRuns: number
    readonly rounds: number
  }
  readonly engines: readonly { readonly threads: number; readonly openMs: number }[]
  readonly targets: readonly TargetResult[]
  /** Rows and cases that failed or differed. */
  readonly failures: number
}
