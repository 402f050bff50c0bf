// Convolution on the calling thread: one workspace of WebAssembly memory that all local layers share in turn.
import type { ChainDescriptor } from './conv/chain.ts'
import type { ConvDescriptor } from './conv/descriptor.ts'
import { WeftError } from './errors.ts'
import { runAlone } from './execute.ts'
import type { KernelFunction } from './isa/machine.ts'
import { TIERS, type TierName } from './isa/tiers.ts'
import { selectChain } from './kernels/chains.ts'
import type { Bindings, Callable } from './kernels/kernel.ts'
import { type Selected, select } from './kernels/registry.ts'
import { Staged } from './kernels/staged.ts'
import { type Binder, CodeCache, type Compiler, Instances } from './plan/code.ts'
import type { FloatTensor } from './tensor/tensor.ts'

const PAGE = 65536
const MOST_PAGES = 65536
/** Bytes at the end of memory that nothing lies in: loads ahead of their use may reach there (`Machine.prefetch`). */
export const BEHIND = PAGE
/** Offset 0 is left alone: an address of 0 is then always a mistake. */
const FIRST_BYTE = 256

/** Memory of one tier, and what makes functions callable on it. Grows to the largest layer that ran and stays there. */
export class Workspace {
  readonly tier: TierName
  readonly memory: WebAssembly.Memory
  readonly #compiler: Compiler
  readonly #binder: Binder
  /** The layer whose packed weights lie in memory. */
  tenant: object | null = null

  constructor(tier: TierName, memory: WebAssembly.Memory, compiler: Compiler, binder: Binder) {
    this.tier = tier
    this.memory = memory
    this.#compiler = compiler
    this.#binder = binder
  }

  callables(functions: readonly KernelFunction[]): ReadonlyMap<string, Callable> {
    return this.#binder.bind(this.#compiler.compile(functions))
  }

  reserve(bytes: number): void {
    const missing = Math.ceil((bytes + BEHIND - this.memory.buffer.byteLength) / PAGE)
    if (missing <= 0) return
    try {
      this.memory.grow(missing)
    } catch (cause) {
      throw new WeftError('MEMORY', `there is no room for ${bytes} bytes of WebAssembly memory`, { bytes }, { cause })
    }
    this.tenant = null
  }
}

const workspaces = new Map<TierName, Workspace>()

/** The workspace of a tier that needs nothing but this JavaScript engine, one a process. @throws TIER for machine code */
export function portableWorkspace(tier: TierName): Workspace {
  let workspace = workspaces.get(tier)
  if (workspace === undefined) {
    if (TIERS[tier].kind === 'native') {
      throw new WeftError(
        'TIER',
        `tier ${tier} is machine code, which the calling thread cannot load by itself; open an engine of @weft/parallel`,
        { tier },
      )
    }
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES })
    workspace = new Workspace(tier, memory, new CodeCache(TIERS[tier], false), new Instances(memory))
    workspaces.set(tier, workspace)
  }
  return workspace
}

export interface LocalOptions {
  /** A tier that WebAssembly or plain TypeScript gives, or a workspace of any. */
  readonly tier: TierName | Workspace
  /** A kernel by name; by default that of the least estimate (core: `select`). */
  readonly kernel?: string | undefined
}

/** A convolution, or a chain of them, planned and packed once, run on the calling thread as often as wanted. */
export class LocalLayer<D extends ConvDescriptor | ChainDescriptor = ConvDescriptor> {
  readonly descriptor: D
  readonly selection: Selected<D>
  readonly #workspace: Workspace
  readonly #packed: Uint8Array
  readonly #at: Omit<Bindings, 'staged'>
  readonly #bytes: number

  /** @param weight of a chain: see `joinWeights` */
  constructor(d: D, weight: FloatTensor, bias: FloatTensor | null, { tier, kernel }: LocalOptions) {
    this.descriptor = d
    this.#workspace = typeof tier === 'string' ? portableWorkspace(tier) : tier
    const { traits } = TIERS[this.#workspace.tier]
    this.selection = ('depthwise' in d ? selectChain(d, traits, 1) : select(d, traits, kernel)) as Selected<D>
    const { plan } = this.selection
    const item = (shape: readonly number[]) => align(4 * shape.reduce((size, extent) => size * extent, 1))
    const sizes = [
      align(plan.packedBytes),
      item(d.xShape),
      item(d.yShape),
      align(plan.sharedBytes),
      align(plan.privateBytes),
      d.residual ? item(d.yShape) : 0,
    ]
    const starts: number[] = []
    this.#bytes = sizes.reduce((at, size) => starts.push(at) && at + size, FIRST_BYTE)
    if (this.#bytes > MOST_PAGES * PAGE - BEHIND) {
      throw new WeftError('TOO_LARGE', `the layer needs ${this.#bytes} bytes; WebAssembly memory ends at 4 GiB`, {
        bytes: this.#bytes,
      })
    }
    const packed = new ArrayBuffer(sizes[0])
    this.selection.kernel.pack(plan, weight.data, bias?.data ?? null, packed, 0)
    this.#packed = new Uint8Array(packed)
    const [packedAt, x, y, shared, own, residual] = starts
    this.#at = { packed: packedAt, x, y, shared, private: own, residual }
  }

  /** Convolves `x`, of the descriptor's shape, into `y`; `residual`, where the descriptor has one, may be `y` itself. */
  run(x: Float32Array, y: Float32Array, residual?: Float32Array): void {
    const workspace = this.#workspace
    const { kernel, plan } = this.selection
    const d = this.descriptor
    workspace.reserve(this.#bytes)
    const { buffer } = workspace.memory
    if (workspace.tenant !== this) new Uint8Array(buffer).set(this.#packed, this.#at.packed)
    workspace.tenant = this
    new Float32Array(buffer).set(x, this.#at.x / 4)
    if (residual !== undefined) new Float32Array(buffer).set(residual, this.#at.residual / 4)
    const code = workspace.callables(kernel.functions(plan))
    const runner = kernel.runner(plan, code, buffer)
    const [xItem, yItem] = [(4 * x.length) / d.batch, (4 * y.length) / d.batch]
    for (let item = 0; item < d.batch; item++) {
      const y = item * yItem
      const places = { x: this.#at.x + item * xItem, y: this.#at.y + y, residual: this.#at.residual + y }
      const at = { ...this.#at, ...places, staged: new Staged() }
      runAlone(plan, runner, at)
    }
    y.set(new Float32Array(buffer, this.#at.y, y.length))
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
