// The shape of what `model` found: what --json writes, and what the table is made from.
import type { Impl } from '../layers/entrant.ts'
import type { PeerName } from '../layers/peers.ts'
import type { Hello } from '../layers/protocol.ts'
import type { ByThreads } from '../layers/result.ts'
import type { MachineFacts } from '../machine.ts'
import type { Others } from '../others.ts'
import type { Rounds } from '../rounds.ts'

/** By peer, then by the number of threads; over 1 says that weft is faster. */
export type ModelRatios = Readonly<Partial<Record<PeerName, ByThreads>>>

/** One item at a time, the network loaded before. */
export interface LatencyRow {
  readonly impl: Impl
  readonly threads: number
  /** Milliseconds; null where there is trouble. */
  readonly medianMs: number | null
  readonly p95Ms: number | null
  readonly bestMs: number | null
  readonly runs: number
  /** Some of the times that these were made from. */
  readonly rounds: Rounds
  /** The largest difference from weft's outputs, over their range. */
  readonly error: number | null
  readonly trouble: string | null
}

/** A process from its start to its end: pictures read, run, and results written. */
export interface BatchRow {
  readonly impl: Impl
  readonly threads: number
  /** Of the median; null where there is trouble. */
  readonly itemsPerSecond: number | null
  /** Of each process. */
  readonly seconds: readonly number[]
  readonly trouble: string | null
}

export interface ModelReport {
  readonly tool: 'weft-bench model'
  readonly format: 1
  readonly version: string
  readonly date: string
  readonly command: string
  readonly machine: MachineFacts & { readonly tier: Hello['tier'] | null; readonly others: Others }
  readonly settings: {
    readonly threads: readonly number[]
    readonly minMs: number
    readonly minRuns: number
    readonly rounds: number
  }
  readonly versions: Readonly<Partial<Record<Impl, string>>>
  readonly model: {
    readonly name: string
    /** SHA-256 of all that it was read from. */
    readonly digest: string
    readonly shapes: Readonly<Record<string, readonly number[]>>
  }
  readonly latency: readonly LatencyRow[]
  readonly latencyRatios: ModelRatios
  readonly batch: {
    readonly items: number
    /** Why there is none; null where there is one. */
    readonly left: string | null
    readonly rows: readonly BatchRow[]
  }
  readonly batchRatios: ModelRatios
  /** Rows with trouble. */
  readonly failures: number
}
