// The vector path of an operator: the same work as its `run`, written against the vector machine.
import type { KernelFunction } from '../isa/machine.ts'
import type { Callable } from '../kernels/kernel.ts'

/** Byte offsets into the arena. */
export interface OpBindings {
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Memory of the thread alone. */
  readonly private: number
}

/** Does units [begin, end); asks `cancelled` now and then and leaves early, with false, when it says so. */
export type OpRunner = (begin: number, end: number, at: OpBindings, cancelled: () => boolean) => boolean

/**
 * Gives the same numbers as the operator's `run`, but for the rounding of functions that take several steps (hardSwish, sigmoid,
 * products of matrices ...); its units may be others.
 */
export interface VectorPath {
  readonly privateBytes: number
  readonly units: number
  readonly functions: readonly KernelFunction[]
  runner(code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): OpRunner
}
