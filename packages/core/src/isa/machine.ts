// The vector machine: the handful of operations that every kernel is written against.
import type { Int, Vec } from './handles.ts'
import type { MaskedLanes } from './masked-lanes.ts'
import type { MatrixUnit } from './matrix-unit.ts'

export type { Int, Vec }

/** What a plan must know of a machine to choose its tile. */
export interface MachineTraits {
  /** float32 lanes of a vector register. */
  readonly lanes: number
  /** Vector registers that a kernel may hold at once. */
  readonly registers: number
  /** Whether `madd` rounds once. Machines that fuse give the same bits as each other. */
  readonly fused: boolean
  /** Whether lanes can be masked: see masked-lanes.ts. */
  readonly masks: boolean
  /** Whether there is a matrix unit beside the vectors: see matrix-unit.ts. */
  readonly matrix: boolean
  /** Whether `prefetch` is an instruction of its own: what is likely near, or needs a pointer for it alone, is not worth a load. */
  readonly prefetches: boolean
}

/**
 * Emits one kernel. Each call adds an operation to it; registers are handles, taken by `vec` and `int` and given back at
 * the end of the `scope` that took them. A kernel is called with the byte offset of its argument block in the arena,
 * 32-bit words that `arg` reads. Addresses are a register plus a constant, of 0 or more where there are no masks.
 */
export interface Machine {
  readonly traits: MachineTraits
  scope(body: () => void): void
  vec(): Vec
  /** Vector registers that are left to take. */
  readonly free: number
  int(): Int

  /** A fresh register with word `index` of the argument block. */
  arg(index: number): Int
  /** Word `index` of the argument block, a float, in every lane of `to`. */
  argFloat(to: Vec, index: number): void
  /** A fresh register with a number. */
  number(value: number): Int
  move(to: Int, from: Int): void
  /** to += by */
  add(to: Int, by: Int | number): void
  /** to *= by */
  scale(to: Int, by: number): void
  loadInt(to: Int, at: Int, offset: number): void
  storeInt(at: Int, offset: number, from: Int): void
  /** Runs `body` `count` times, none for 0, and leaves 0 in `count`. */
  loop(count: Int, body: () => void): void
  /** The same for a short `body` that runs often: a machine whose loops cost something by themselves emits it several times a turn. */
  innerLoop(count: Int, body: () => void): void

  /** Says that the cache line there is read soon. It may be anywhere where the machine has traits of `prefetches`, else less than `BEHIND` bytes behind memory. */
  prefetch(at: Int, offset: number): void
  load(to: Vec, at: Int, offset: number): void
  store(at: Int, offset: number, from: Vec): void
  /** The first `count` floats, 1 to `lanes`, and 0 in the lanes behind them; no more memory than theirs is touched. */
  loadFirst(to: Vec, at: Int, offset: number, count: number): void
  /** The first `count` lanes, 1 to `lanes`; no more memory than theirs is touched. */
  storeFirst(at: Int, offset: number, from: Vec, count: number): void
  /**
   * 2 or 4 registers from as many vectors of neighbouring floats: lane l of `to[k]` is float `to.length` l + k. For 4 the floats of
   * a lane may lie `step` bytes from those of the lane before: float k at l step.
   */
  loadPhases(to: readonly Vec[], at: Int, offset: number, step?: number): void
  /** The way back. The registers hold anything afterwards. */
  storePhases(at: Int, offset: number, from: readonly Vec[]): void
  /** One float of memory in every lane. */
  broadcast(to: Vec, at: Int, offset: number): void
  constant(to: Vec, value: number): void
  /** acc += a b, rounded once where the machine is fused. */
  madd(acc: Vec, a: Vec, b: Vec): void
  /** to = to by + more, rounded once where the machine is fused. */
  horner(to: Vec, by: Vec, more: Vec): void
  plus(to: Vec, a: Vec, b: Vec): void
  minus(to: Vec, a: Vec, b: Vec): void
  times(to: Vec, a: Vec, b: Vec): void
  over(to: Vec, a: Vec, b: Vec): void
  sqrt(to: Vec, from: Vec): void
  /** The lane of b where b < a, else that of a: a NaN in a stays. */
  min(to: Vec, a: Vec, b: Vec): void
  /** The lane of b where a < b, else that of a: a NaN in a stays. */
  max(to: Vec, a: Vec, b: Vec): void
  /** Every second lane of a, then of b, from lane 0 on. `to` is neither of them. */
  evens(to: Vec, a: Vec, b: Vec): void
  /** Every second lane of a, then of b, from lane 1 on. `to` is neither of them. */
  odds(to: Vec, a: Vec, b: Vec): void

  /** Null where there is none. */
  readonly masked: MaskedLanes | null
  readonly matrix: MatrixUnit | null
}

/** Bytes of the arena that a call may read or write. */
export interface Access {
  readonly from: number
  readonly to: number
}

/** A piece of a kernel that a machine can emit: its name says all that its code depends on. */
export interface KernelFunction {
  readonly name: string
  /** 32-bit words of its argument block. */
  readonly words: number
  emit(machine: Machine): void
  /** What a call with the argument block at word `args` touches: for the mode that checks every call. */
  touches(words: Int32Array, args: number, traits: MachineTraits): Access[]
}
