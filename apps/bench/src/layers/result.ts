// The shape of what `layers` found: what --json writes, and what the table is made from.
import type { MachineFacts } from '../machine.ts'
import type { Others } from '../others.ts'
import type { Roof } from '../roofs.ts'
import type { Rounds } from '../rounds.ts'
import type { Where } from '../where.ts'
import type { Impl } from './entrant.ts'
import type { Bound } from './limits.ts'
import type { PeerName } from './peers.ts'
import type { Hello, Limits } from './protocol.ts'

/** Who weft is held against: a peer, or the fastest of some, layer by layer. */
export type Rival = PeerName | 'best-native' | 'best-portable' | 'best'

/** By the number of threads; a ratio over 1 says that weft is faster. */
export type ByThreads = Readonly<Record<string, number>>
export type Ratios = Readonly<Partial<Record<Rival, ByThreads>>>

export interface Row {
  readonly problem: string
  readonly name: string
  readonly threads: number
  readonly impl: Impl
  /** Threads that it had: one for a peer that has no more. */
  readonly ownThreads: number
  readonly kernel: string | null
  /** Milliseconds; null where there is trouble, or no such operation. */
  readonly medianMs: number | null
  readonly bestMs: number | null
  /** From the 10th to the 90th percentile, over the median. */
  readonly spread: number | null
  readonly runs: number
  /** Some of the times that these were made from. */
  readonly rounds: Rounds
  /** Of weft; null where results are not kept. */
  readonly where: Where | null
  /** FLOPs of the definition over the median. */
  readonly gflops: number | null
  /** Of what bounds the layer; beyond 1 where fewer multiplications are done than the definition has. */
  readonly boundShare: number | null
  /** The largest difference from the definition and from weft's result, over the largest sum of |x w|. */
  readonly error: number | null
  readonly unsupported: string | null
  readonly trouble: string | null
}

export interface LayerResult {
  readonly problem: string
  readonly name: string
  readonly classes: readonly string[]
  readonly macs: number
  readonly flops: number
  readonly bytes: number
  readonly intensity: number
  readonly bound: Readonly<Record<string, Bound | null>>
  readonly ratios: Ratios
}

export interface LayersReport {
  readonly tool: 'weft-bench layers'
  readonly format: 4
  readonly version: string
  readonly date: string
  readonly command: string
  readonly machine: MachineFacts & {
    readonly tier: Hello['tier'] | null
    readonly limits: Readonly<Record<string, Limits>>
    /** What other programs took of it meanwhile. */
    readonly others: Others
  }
  /** For every thread count; none where results are not kept. */
  readonly roofs: readonly Roof[]
  readonly settings: {
    readonly threads: readonly number[]
    readonly batch: number
    readonly minMs: number
    readonly minRuns: number
    readonly rounds: number
  }
  readonly versions: Readonly<Partial<Record<Impl, string>>>
  readonly layers: readonly LayerResult[]
  readonly rows: readonly Row[]
  /** Geometric means of the ratios of all layers. */
  readonly geomean: Ratios
  /** The same for each class, with how many layers it has. */
  readonly geomeanByClass: Readonly<Record<string, { readonly layers: number; readonly geomean: Ratios }>>
  /** Geometric mean of weft's time on one thread over that on so many, of layers that take 2 ms on one. */
  readonly scaling: ByThreads
  /** Rows with trouble. */
  readonly failures: number
}
