// What main thread and workers say to each other. No tensor is ever posted: offsets into the arena are.
import type { Bindings, Code, Plan, Range, WireError } from '@weft/core'

export interface WorkerData {
  readonly memory: WebAssembly.Memory
  /** Where to load the native object from, on tiers of machine code. */
  readonly addon: string | null
  /** Whether each call of emitted code is checked first. */
  readonly check: boolean
}

/** One member's part of a job. */
interface Member {
  readonly member: number
  readonly members: number
  /** Byte offset of the job's control block. */
  readonly control: number
  /** Byte offset of the member's own mailbox. */
  readonly mailbox: number
}

/** Makes a layer known to a worker. Member 0 packs the weights and warms the code, the others wait for it. */
export interface DefineTask extends Member {
  readonly kind: 'define'
  /** A small number; it is used again after the layer is closed. */
  readonly layer: number
  readonly plan: Plan
  readonly code: Code
  /** For each step the shards that members claim when they work together. */
  readonly shards: readonly (readonly Range[])[]
  readonly packed: number
  /** The caller's weights, where they have yet to be packed: byte offsets and counts of floats. */
  readonly weights: { readonly at: number; readonly count: number; readonly biasAt: number; readonly biasCount: number } | null
  /** Memory to warm the code on, where it has yet to be optimised. */
  readonly warm: Omit<Bindings, 'packed'> | null
}

/** Runs a layer: whole items alone, then items together with the gang. */
export interface RunTask extends Member {
  readonly kind: 'run'
  readonly layer: number
  readonly x: number
  readonly y: number
  readonly residual: number
  readonly private: number
  readonly alone: Range & { readonly shared: number }
  /** Items done together: members claim shards of each step's units. */
  readonly together: Range & { readonly shared: number }
}

/** Waits for the other members: a sign of life of every worker. */
export interface MeetTask extends Member {
  readonly kind: 'meet'
  readonly layer: number
}

export type Task = MeetTask | DefineTask | RunTask

/** What befell a member's task. */
export type Outcome =
  | { readonly state: 'done' }
  /** The gang was told to leave. */
  | { readonly state: 'left' }
  | Failed

/** What the worker says when it goes back to the pool, having served the runs that came meanwhile too. */
export type Ended = { readonly state: 'ended' } | Failed

interface Failed {
  readonly state: 'failed'
  readonly error: WireError
}
