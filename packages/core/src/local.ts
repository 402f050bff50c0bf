// Convolution on the calling thread: one workspace of WebAssembly memory that all local layers share in turn.
import type { ConvDescriptor } from './conv/descriptor.ts'
import { WeftError } from './errors.ts'
import { runAlone } from './execute.ts'
import { TIERS, type TierName } from './isa/tiers.ts'
import type { Bindings } from './kernels/kernel.ts'
import { type Selection, select } from './kernels/registry.ts'
import { CodeCache, Instances } from './plan/code.ts'
import type { FloatTensor } from './tensor/tensor.ts'

const PAGE = 65536
const MOST_PAGES = 65536
/** Offset 0 is left alone: an address of 0 is then always a mistake. */
const FIRST_BYTE = 256

/** Memory, code and instances of one tier. Grows to the largest layer that ran and stays there. */
class Workspace {
  readonly cache: CodeCache
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES })
  readonly instances = new Instances(this.memory)
  /** The layer whose packed weights lie in memory. */
  tenant: LocalLayer | null = null

  constructor(tier: TierName) {
    this.cache = new CodeCache(TIERS[tier], false)
  }

  reserve(bytes: number): void {
    const missing = Math.ceil((bytes - this.memory.buffer.byteLength) / PAGE)
    if (missing <= 0) return
    if (bytes > MOST_PAGES * PAGE)
      throw new WeftError('TOO_LARGE', `the layer needs ${bytes} bytes; WebAssembly memory ends at 4 GiB`, { bytes })
    try {
      this.memory.grow(missing)
    } catch (cause) {
      throw new WeftError('MEMORY', `there is no room for ${bytes} bytes of WebAssembly memory`, { bytes }, { cause })
    }
    this.tenant = null
  }
}

const workspaces = new Map<TierName, Workspace>()

function workspaceOf(tier: TierName): Workspace {
  let workspace = workspaces.get(tier)
  if (workspace === undefined) {
    workspace = new Workspace(tier)
    workspaces.set(tier, workspace)
  }
  return workspace
}

export interface LocalOptions {
  readonly tier: TierName
  /** A kernel by name; by default the first that takes the convolution. */
  readonly kernel?: string | undefined
}

/** A convolution planned and packed once, run on the calling thread as often as wanted. */
export class LocalLayer {
  readonly descriptor: ConvDescriptor
  readonly selection: Selection
  readonly #workspace: Workspace
  readonly #packed: Uint8Array
  readonly #at: Bindings
  readonly #bytes: number

  constructor(d: ConvDescriptor, weight: FloatTensor, bias: FloatTensor | null, { tier, kernel }: LocalOptions) {
    this.descriptor = d
    this.selection = select(d, TIERS[tier].traits, kernel)
    this.#workspace = workspaceOf(tier)
    const { plan } = this.selection
    const packed = new ArrayBuffer(align(plan.packedBytes))
    this.selection.kernel.pack(plan, weight.data, bias?.data ?? null, packed, 0)
    this.#packed = new Uint8Array(packed)
    const item = (shape: readonly number[]) => align(4 * shape.reduce((size, extent) => size * extent, 1))
    const sizes = [packed.byteLength, item(d.xShape), item(d.yShape), align(plan.sharedBytes), align(plan.privateBytes)]
    const starts: number[] = []
    this.#bytes = sizes.reduce((at, size) => starts.push(at) && at + size, FIRST_BYTE)
    this.#at = { packed: starts[0], x: starts[1], y: starts[2], shared: starts[3], private: starts[4] }
  }

  /** Convolves `x`, of the descriptor's shape, into `y`. */
  run(x: Float32Array, y: Float32Array): void {
    const workspace = this.#workspace
    const { kernel, plan } = this.selection
    const d = this.descriptor
    workspace.reserve(this.#bytes)
    const { buffer } = workspace.memory
    if (workspace.tenant !== this) new Uint8Array(buffer).set(this.#packed, this.#at.packed)
    workspace.tenant = this
    new Float32Array(buffer).set(x, this.#at.x / 4)
    const code = workspace.instances.bind(workspace.cache.compile(kernel.functions(plan)))
    const runner = kernel.runner(plan, code, buffer)
    const [xItem, yItem] = [(4 * x.length) / d.batch, (4 * y.length) / d.batch]
    for (let item = 0; item < d.batch; item++) {
      runAlone(plan, runner, { ...this.#at, x: this.#at.x + item * xItem, y: this.#at.y + item * yItem })
    }
    y.set(new Float32Array(buffer, this.#at.y, y.length))
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
