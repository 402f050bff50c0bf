// What main thread and workers say to each other. No tensor is ever posted: offsets into the arena are.
import type { Code, MachineTraits, Operation, OpPlan, Plan, Range, ValueInfo, WireError } from '@weft/core'

export interface WorkerData {
  readonly memory: WebAssembly.Memory
  /** Where to load the native object from, on tiers of machine code. */
  readonly addon: string | null
  /** Whether each call of emitted code is checked first. */
  readonly check: boolean
}

/** One member's part of a job. */
interface Part {
  /** The number of a layer or a program; it is used again after that is closed. */
  readonly layer: number
  readonly member: number
  readonly members: number
  /** Byte offset of the job's control block. */
  readonly control: number
}

/** Shards by the member that claims them first. */
export type Lots = readonly (readonly Range[])[]

/** What a thread has to know of a layer. */
export interface Definition {
  readonly plan: Plan<Operation>
  readonly code: Code
  /** For each step the shards that members claim when they work together, in lots. */
  readonly shards: readonly Lots[]
  readonly packed: number
}

/** A layer to be made known, and what has yet to be done for it, once. */
export interface LayerDefinition extends Definition {
  readonly id: number
  /** The caller's weights, where they have yet to be packed: byte offsets and counts of floats. */
  readonly weights: { readonly at: number; readonly count: number; readonly biasAt: number; readonly biasCount: number } | null
  /** Whether its code has yet to be optimised. */
  readonly cold: boolean
}

/** Numbers at a byte offset: of the arena, or of the program's memory or of its input, which runs have elsewhere. */
export interface Operand {
  readonly info: ValueInfo
  readonly of: 'arena' | 'memory' | 'input'
  readonly at: number
}

export type DefinedStep =
  | {
      readonly kind: 'layer'
      readonly layer: number
      readonly x: Operand
      readonly residual: Operand | null
      readonly y: Operand
    }
  | {
      readonly kind: 'op'
      readonly plan: OpPlan
      /** The code of its vector path on a machine, where it has one. */
      readonly vector: { readonly traits: MachineTraits; readonly code: Code } | null
      readonly inputs: readonly (Operand | null)[]
      readonly outputs: readonly Operand[]
    }

/** What members share before the next phase opens: ranges of units of a step of the program; of a convolution, of a step of an item. */
export interface ProgramPhase {
  readonly step: number
  readonly item: number
  readonly part: number
  readonly shards: Lots
}

/** What a thread has to know of a program, beside its layers. */
export interface ProgramDefinition {
  readonly id: number
  readonly steps: readonly DefinedStep[]
  readonly phases: readonly ProgramPhase[]
}

/** Makes layers, and a program of them, known to a worker. Members claim the layers that have yet to be packed or warmed. */
export interface DefineTask extends Part {
  readonly kind: 'define'
  readonly layers: readonly LayerDefinition[]
  readonly program: ProgramDefinition | null
  readonly claims: boolean
  /** The own memory of a member that claims, to warm code on. */
  readonly warm: number
}

/** Waits for the other members: a sign of life of every worker. */
export interface MeetTask extends Part {
  readonly kind: 'meet'
}

/** Tasks for every worker, posted through the pool. */
export type AssemblyTask = MeetTask | DefineTask

/** A part in the run of a layer, put into a mailbox: some items each done whole by one member, then the rest shared by all. */
export interface RunTask extends Part {
  /** The operands of a layer; of a program x is its memory, and y the input that it reads where the caller has it. */
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
  /** Where a program's members note when they did what; 0 where they do not. */
  readonly trace: number
  /** 1 where the caller works along: it has a core, and comes with its next run soon. */
  readonly accompanied: number
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
