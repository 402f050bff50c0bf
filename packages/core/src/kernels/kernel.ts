// The contract of a kernel: what it accepts, how it plans, packs and runs.
import type { ConvDescriptor, Operation } from '../conv/descriptor.ts'
import type { KernelFunction, MachineTraits } from '../isa/machine.ts'
import type { Staged } from './staged.ts'

/** A plan is plain data, made once a descriptor and sent to every worker; it holds for one item of the batch. */
export interface Plan<D extends Operation = ConvDescriptor> {
  readonly kernel: string
  readonly descriptor: D
  readonly traits: MachineTraits
  /** Steps of one item, each finished by all workers before the next begins; units of a step are independent of each other. */
  readonly steps: readonly { readonly name: string; readonly units: number }[]
  /** Multiply-accumulates of an item: products of zero padding that the plan leaves out are not among them. */
  readonly macs: number
  /** Bytes of packed weights and tables, written once. */
  readonly packedBytes: number
  /** Bytes that all workers on one item share, and bytes of each worker alone; stale between runs. */
  readonly sharedBytes: number
  readonly privateBytes: number
}

/** Where one item's operands lie: byte offsets into the arena. */
export interface Bindings {
  readonly x: number
  readonly y: number
  /** Of y's layout, nowhere over y; anything where the convolution adds none. */
  readonly residual: number
  readonly packed: number
  readonly shared: number
  readonly private: number
  /** What a unit left in private memory is there for the next ones of its step and item. */
  readonly staged: Staged
}

/** Emitted code: called with the byte offset of its argument block. */
export type Callable = (args: number) => void

/** A function of vectors narrower than the tier's, which the machine that it is emitted for must have. */
export interface NarrowFunction extends KernelFunction {
  readonly traits: MachineTraits
}

/** The machine that a function of a tier is emitted for. */
export function machineOf(kernel: KernelFunction | NarrowFunction, tier: MachineTraits): MachineTraits {
  return 'traits' in kernel ? kernel.traits : tier
}

/** Runs units [begin, end) of a step; asks `cancelled` between tiles and leaves early, with false, when it says so. */
export type Runner = (step: number, begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

/** What is done with a plan once there is one. */
export interface Planned<P extends Plan<Operation> = Plan<Operation>> {
  readonly name: string
  /** The relative cost of each unit of a step: shards are cut to equal sums. */
  costs(plan: P, step: number): Float64Array
  /** The machine code that the plan calls, by name. */
  functions(plan: P): KernelFunction[]
  /** Writes weights (in the caller's layout), bias and tables to `offset`, subnormals as zero. */
  pack(plan: P, weight: Float32Array, bias: Float32Array | null, memory: ArrayBufferLike, offset: number): void
  runner(plan: P, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Runner
}

export interface Kernel<P extends Plan = Plan> extends Planned<P> {
  /** How far an output may be off: a part of the sum of its |x| |w|, or of the largest such sum in its tile. */
  readonly error: number
  /** Rows and columns of the tiles that outputs err together in, where they do. */
  readonly errsIn?: readonly [number, number]
  /** Why this kernel cannot take the convolution, for a person; null where it takes it. */
  refuses(d: ConvDescriptor, traits: MachineTraits): string | null
  /** Names the order of its sums: kernels of one order give the same bits as each other. It depends on the convolution alone. */
  order(d: ConvDescriptor): string
  /** Microseconds that an item takes on one core of the machine that estimates are fitted to (nominal.ts). Asked only where it does not refuse. */
  estimate(d: ConvDescriptor, traits: MachineTraits): number
  /** Part of the time of kernels of another order at most that makes up for a larger error: for less a gain they are chosen. */
  readonly worth?: number
  /** @param workers that share a run: how it is cut may depend on them, never what comes out */
  plan(d: ConvDescriptor, traits: MachineTraits, workers: number): P
}
