// What weft-bench and the processes of contestants say to each other: a line of JSON a message, tensors as files of float32.
import type { TierName } from '@weft/core'
import type { Where } from '../where.ts'

/** A layer for a contestant to prepare. Axes are the spatial ones that the problem has; tensors are N C (D) (H) W. */
export interface LayerTask {
  readonly transposed: boolean
  readonly groups: number
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly xShape: readonly number[]
  readonly weightShape: readonly number[]
  readonly yShape: readonly number[]
  /** Files of raw float32. */
  readonly x: string
  readonly weight: string
  readonly bias: string
}

/** A network for a contestant to prepare. */
export interface ModelTask {
  /** The ONNX file. */
  readonly model: string
  readonly inputs: readonly {
    readonly name: string
    readonly shape: readonly number[]
    /** A file of raw float32. */
    readonly x: string
  }[]
}

export interface Prepared {
  /** Null for a contestant that does not tell. */
  readonly kernel: string | null
}

/** Runs, at least so many and for at least so long. */
export interface Turn {
  /** Before them run those that fit into so many milliseconds, not timed: caches and clocks are as the contestant before left them. */
  readonly warmMs: number
  readonly runs: number
  readonly ms: number
}

export interface Samples {
  /** Milliseconds of each run. */
  readonly samples: readonly number[]
}

export interface Hello {
  readonly version: string
  /** weft's, with a line for each tier that was looked at. */
  readonly tier?: { readonly name: TierName; readonly why: readonly string[] }
}

export interface Refusal {
  readonly error: string
  /** The contestant has no such operation, rather than that it failed. */
  readonly unsupported: boolean
}

/** Everything that is asked, by name: what goes there and what comes back. */
export interface Calls {
  prepare: [LayerTask, Prepared]
  prepareModel: [ModelTask, Prepared]
  /** Runs once and writes the output, or all outputs one after the other. */
  output: [{ readonly path: string }, object]
  turn: [Turn, Samples]
  /** Of weft alone: where the time of a problem goes, traced for so long. */
  trace: [{ readonly problem: string; readonly ms: number }, Where]
  release: [object, object]
  limits: [{ readonly tier: TierName; readonly ms: number }, Limits]
  /** Each tier for so long. */
  peaks: [{ readonly tiers: readonly TierName[]; readonly ms: number }, { readonly peaks: readonly TierPeak[] }]
}

/** What a process that has a core to itself reached. */
export interface Limits {
  /** Null for the tier without vectors. */
  readonly gflops: number | null
  readonly copies: readonly CopyRate[]
}

export interface TierPeak {
  readonly tier: TierName
  /** Null where it is not to be had. */
  readonly gflops: number | null
  readonly why: string
}

export interface CopyRate {
  /** Read and written together. */
  readonly bytes: number
  readonly gbPerSecond: number
}
