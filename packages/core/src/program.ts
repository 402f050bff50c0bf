// Program: a network on inputs of known shapes, as plain data: its steps, and where each value lies. And what runs one.
import type { ChainDescriptor } from './conv/chain.ts'
import type { ConvDescriptor } from './conv/descriptor.ts'
import type { OpPlan, OpStorage, ValueInfo } from './ops/op.ts'

/** Where a value lies: at a byte offset of the program's memory, or as one of the constants beside it. */
export interface Place {
  readonly info: ValueInfo
  readonly where: 'memory' | 'constant'
  readonly at: number
}

/** y = activation(x * weight + bias + residual); weight and bias by their numbers among the constants. */
export interface ConvProgramStep {
  readonly kind: 'conv'
  /** For a person. */
  readonly name: string
  readonly descriptor: ConvDescriptor
  readonly x: Place
  readonly weight: number
  readonly bias: number | null
  /** Of y's shape. */
  readonly residual: Place | null
  readonly y: Place
}

/** The last of the chain's convolutions adds the residual. */
export interface ChainProgramStep {
  readonly kind: 'chain'
  /** For a person: of the last. */
  readonly name: string
  readonly descriptor: ChainDescriptor
  readonly x: Place
  /** Of each convolution, in order, by their numbers among the constants. */
  readonly weights: readonly { readonly weight: number; readonly bias: number | null }[]
  readonly residual: Place | null
  readonly y: Place
}

export interface OpProgramStep {
  readonly kind: 'op'
  readonly name: string
  readonly plan: OpPlan
  readonly inputs: readonly (Place | null)[]
  readonly outputs: readonly Place[]
}

export type ProgramStep = ConvProgramStep | ChainProgramStep | OpProgramStep

export interface ProgramPort {
  readonly name: string
  readonly place: Place
  /** int64 of shape (1): how many rows of the value count; absent where all do. */
  readonly count?: Place
}

export interface Program {
  readonly inputs: readonly ProgramPort[]
  readonly outputs: readonly ProgramPort[]
  /** In order; each finished by all workers before the next begins. */
  readonly steps: readonly ProgramStep[]
  /** Bytes of all values, those that are never alive together in the same place. */
  readonly bytes: number
}

/** Numbers that programs of one network share. */
export interface ProgramConstant extends ValueInfo {
  readonly data: OpStorage
}

/** What one worker did of a step, at a stretch. */
export interface Span {
  /** Index of the step in the program. */
  readonly step: number
  /** From 0. */
  readonly worker: number
  /** Milliseconds, from the begin of the run. */
  readonly start: number
  readonly ms: number
}

export interface RunProgramOptions {
  readonly signal?: AbortSignal | undefined
  /** Every worker on this run, for the lowest latency (default); or one worker, while the others do other runs, for the highest throughput. */
  readonly parallel?: 'channels' | 'items' | undefined
  /** Memory that outputs are written to, of their types and sizes, in their order; null: memory of their own. */
  readonly out?: readonly (OpStorage | null)[] | undefined
  /** Told at the end what was done when, by whom. */
  readonly onSpans?: ((spans: readonly Span[]) => void) | undefined
}

/** A program that is ready to run. */
export interface PreparedProgram {
  /**
   * Runs on inputs in the order of the program's; gives, in `out` or in memory of their own, the outputs in theirs and
   * then the counts of those that have one. Inputs must stay as they are until then.
   * @throws ABORTED, WORKER, MEMORY, CLOSED
   */
  run(inputs: readonly OpStorage[], options?: RunProgramOptions): Promise<OpStorage[]>
  dispose(): Promise<void>
}

export interface Executor {
  /** How many runs it can do at once. */
  readonly concurrency: number
  /** Microseconds that a run gains where a chain is one step instead of several; 0 and it stays several. Absent: always 0. */
  chainGain?(chain: ChainDescriptor): number
  /** Packs weights and compiles. @param constants those that the program's places and steps number */
  prepareProgram(program: Program, constants: readonly ProgramConstant[]): Promise<PreparedProgram>
}
