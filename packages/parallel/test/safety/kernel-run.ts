// One plan in guarded memory: every operand touches a guard, every step is cut into shards.
import {
  BEHIND,
  type Binder,
  type Bindings,
  CodeCache,
  type Compiler,
  type ConvDescriptor,
  Instances,
  KERNELS,
  type Kernel,
  type Operation,
  PIECE_HEADER,
  type Plan,
  type Planned,
  type Runner,
  Staged,
  shard,
  sizeOf,
  TIERS,
  type TierName,
} from '@weft/core'
import type { Operands } from '../../../core/test/run-kernel.ts'
import type { Addon } from '../../src/native/addon.ts'
import { NativeBinder, NativeCompiler } from '../../src/native/code.ts'
import type { Draw } from './cases.ts'
import { type Flush, type GuardedMemory, type Operand, type Sizes, STALE } from './guarded.ts'

/** Bytes that a case may take beside its input and output: with a dilation of a million a plan books more than there is. */
const MOST_BYTES = 2 ** 26

/** The kernels that take the convolution on a tier and call code there. */
export function kernelsFor(d: ConvDescriptor, tier: TierName): Kernel[] {
  const { traits } = TIERS[tier]
  return KERNELS.filter((kernel) => {
    if (kernel.refuses(d, traits) !== null) return false
    const plan = kernel.plan(d, traits, 1)
    return kernel.functions(plan).length > 0 && plan.packedBytes + plan.sharedBytes + plan.privateBytes <= MOST_BYTES
  })
}

/** What is run: a convolution, a chain or an operator, planned for a tier. */
export interface Work {
  readonly kernel: Planned
  readonly plan: Plan<Operation>
}

/** @param workers that it is planned for */
export function workOf(kernel: Kernel, d: ConvDescriptor, tier: TierName, workers: number): Work {
  return { kernel: kernel as Planned, plan: kernel.plan(d, TIERS[tier].traits, workers) }
}

/** Operands that no step may write to. */
const READ_ONLY = ['x', 'residual', 'packed'] as const

export interface How {
  readonly flush: Flush
  readonly pick: Draw
  /** An operand that gets a float less than it is booked with: the one that would touch the guard. */
  readonly short?: Operand | undefined
  /** Called when all operands have their places. */
  readonly ready?: () => void
}

export class KernelRunner {
  readonly tier: TierName
  /** Names of the functions that were compiled, and where machine code begins. */
  readonly functions = new Map<string, number | null>()
  #told = 0
  readonly #ground: GuardedMemory
  readonly #compiler: Compiler
  readonly #binder: Binder

  constructor(tier: TierName, ground: GuardedMemory, addon: Addon, wrap: (binder: Binder) => Binder = (binder) => binder) {
    this.tier = tier
    this.#ground = ground
    const native = TIERS[tier].kind === 'native'
    this.#compiler = native ? new NativeCompiler(addon, TIERS[tier], ground.memory) : new CodeCache(TIERS[tier], true)
    this.#binder = wrap(native ? new NativeBinder(addon) : new Instances(ground.memory))
  }

  /** The output. Throws where something was written that is not the kernel's to write. */
  run({ kernel, plan }: Work, operands: Operands, how: How): Float32Array {
    const { bytes, memory } = this.#ground
    const d = plan.descriptor
    const code = this.#compiler.compile(kernel.functions(plan))
    for (const [name, piece] of code) this.functions.set(name, typeof piece === 'number' ? piece + PIECE_HEADER : null)
    const runner = kernel.runner(plan, this.#binder.bind(code), memory.buffer)
    const [xItem, yItem] = [sizeOf(d.xShape) / d.batch, sizeOf(d.yShape) / d.batch]
    const residualItem = (operands.residual?.size ?? 0) / d.batch
    const at = this.#place(plan, { x: 4 * xItem, y: 4 * yItem, residual: 4 * residualItem }, how)
    this.#pack({ kernel, plan }, operands, at, how)
    const packed = this.#copy('packed')
    const y = new Float32Array(yItem * d.batch)
    const first = how.flush === 'begin' ? 1 : 0
    for (let item = 0; item < d.batch; item++) {
      for (const operand of READ_ONLY) this.#ground.allow(operand, 'write')
      const itemOf = (data: Float32Array | undefined, size: number, short: boolean) => {
        const floats = new Uint8Array(data?.slice(item * size, (item + 1) * size).buffer ?? new ArrayBuffer(0))
        return short ? floats.subarray(4 * first, 4 * (first + size - 1)) : floats
      }
      const x = itemOf(operands.x.data, xItem, how.short === 'x')
      const residual = itemOf(operands.residual?.data, residualItem, how.short === 'residual')
      bytes.set(x, this.#region('x').at)
      bytes.set(residual, this.#region('residual').at)
      new Int32Array(memory.buffer, this.#region('y').at, this.#region('y').bytes / 4).fill(STALE)
      // One way round the pages tell who wrote, the other way round the bytes do.
      if (how.flush === 'end') for (const operand of READ_ONLY) this.#ground.allow(operand, 'read')
      runSteps({ kernel, plan }, runner, { ...at, staged: new Staged() }, how.pick)
      new Uint8Array(y.buffer, 4 * item * yItem, 4 * yItem).set(this.#copy('y'))
      for (const [operand, before] of Object.entries({ x, residual, packed })) {
        if (Buffer.compare(this.#copy(operand as Operand), before) !== 0) throw new Error(`${operand} was written to`)
      }
      const stray = this.#ground.strayByte()
      if (stray !== null) throw new Error(stray)
    }
    return y
  }

  /** Functions that came since the last time; null where none did. */
  newFunctions(): Record<string, number | null> | null {
    const news = [...this.functions].slice(this.#told)
    this.#told = this.functions.size
    return news.length === 0 ? null : Object.fromEntries(news.map(([name, at]) => [`${this.tier} ${name}`, at]))
  }

  #place(
    plan: Plan<Operation>,
    item: Pick<Sizes, 'x' | 'y' | 'residual'>,
    { flush, pick, short, ready }: How,
  ): Omit<Bindings, 'staged'> {
    const sizes = {
      ...item,
      packed: plan.packedBytes,
      shared: plan.sharedBytes,
      private: plan.privateBytes,
    }
    if (short !== undefined) sizes[short] -= 4
    const at = this.#ground.place(sizes, flush, pick, TIERS[this.tier].kind === 'native' ? 0 : BEHIND)
    ready?.()
    return short !== undefined && flush === 'begin' ? { ...at, [short]: at[short] - 4 } : at
  }

  /** Where the guard is, unless the weights are to be short: then it is the kernel that must meet it. */
  #pack({ kernel, plan }: Work, { weight, bias }: Operands, at: Pick<Bindings, 'packed'>, { short, flush }: How): void {
    if (short !== 'packed') {
      kernel.pack(plan, weight.data, bias?.data ?? null, this.#ground.memory.buffer, at.packed)
      return
    }
    const elsewhere = new Uint8Array(plan.packedBytes)
    kernel.pack(plan, weight.data, bias?.data ?? null, elsewhere.buffer, 0)
    const { at: from, bytes } = this.#region('packed')
    this.#ground.bytes.set(flush === 'begin' ? elsewhere.subarray(4) : elsewhere.subarray(0, bytes), from)
  }

  #region(operand: Operand) {
    const region = this.#ground.regions.find((candidate) => candidate.operand === operand)
    if (region === undefined) throw new Error(`${operand} has no place`)
    return region
  }

  #copy(operand: Operand): Uint8Array {
    const { at, bytes } = this.#region(operand)
    return this.#ground.bytes.slice(at, at + bytes)
  }
}

/** As several workers would, one after the other and in any order: units of a step do not know of each other. */
function runSteps({ kernel, plan }: Work, runner: Runner, at: Bindings, pick: Draw): void {
  for (let step = 0; step < plan.steps.length; step++) {
    const ranges = shard(kernel.costs(plan, step), pick(1, 4)).flat()
    while (ranges.length > 0) {
      const [{ begin, end }] = ranges.splice(pick(0, ranges.length - 1), 1)
      if (begin < end && !runner(step, begin, end, at, () => false)) throw new Error(`step ${step} left early`)
    }
  }
}
