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
interface Part {
  /** A small number; it is used again after the layer is closed. */
  readonly layer: number
  readonly member: number
  readonly members: number
  /** Byte offset of the job's control block. */
  readonly control: number
}

/** What a thread has to know of a layer. */
export interface Definition {
  readonly plan: Plan
  readonly code: Code
  /** For each step the shards that members claim when they work together. */
  readonly shards: readonly (readonly Range[])[]
  readonly packed: number
}

/** Makes a layer known to a worker. Member 0 packs the weights and warms the code, the others wait for it. */
export interface DefineTask extends Part, Definition {
  readonly kind: 'define'
  /** The caller's weights, where they have yet to be packed: byte offsets and counts of floats. */
  readonly weights: { readonly at: number; readonly count: number; readonly biasAt: number; readonly biasCount: number } | null
  /** Memory to warm the code on, where it has yet to be optimised. */
  readonly warm: Omit<Bindings, 'packed'> | null
}

/** Waits for the other members: a sign of life of every worker. */
export interface MeetTask extends Part {
  readonly kind: 'meet'
}

/** Tasks for every worker, posted through the pool. */
export type AssemblyTask = MeetTask | DefineTask

/** A part in the run of a layer, put into a mailbox: some items each done whole by one member, then the rest shared by all. */
export interface RunTask extends Part {
  readonly x: number
  readonly y: number
  readonly residual: number
  /** The member's own memory, and what a step leaves to the next: of an item that it does alone, and of one that is shared. */
  readonly private: number
  readonly own: number
  readonly shared: number
  /** How many items are done whole, and how many there are. */
  readonly alone: number
  readonly items: number
}

/** The mailbox of a visit that is only a sign of life. */
export const NOWHERE = 0

/** Asks a worker to the seat with that mailbox; it stays for the runs that are put there. */
export interface Visit {
  readonly mailbox: number
  readonly task: AssemblyTask | null
}

/** What the worker says when it goes back to the pool. */
export type Ended =
  | { readonly state: 'ended' }
  /** It was asked to run a layer that it does not know, being new, and left it to the others. */
  | { readonly state: 'strange' }
  | { readonly state: 'failed'; readonly error: WireError }
