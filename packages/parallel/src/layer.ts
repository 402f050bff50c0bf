// A prepared layer: what it keeps in the arena, and how a run is laid out over workers.
import {
  type Code,
  type ConvDescriptor,
  checkResidual,
  expectFloat,
  type FloatTensor,
  formatShape,
  type Plan,
  type Range,
  type Selection,
  sameShape,
  select,
  shard,
  sizeOf,
  Tensor,
  TIERS,
  type TierName,
  WeftError,
} from '@weft/core'
import { copyFloats, overlap } from './copy.ts'
import type { Slot } from './dispatch.ts'
import type { Host } from './host.ts'
import type { RunTask, Task } from './messages.ts'
import { regionOf } from './regions.ts'
import type { Layer, Parallelism, RunOptions } from './types.ts'

const PARALLELISMS: readonly Parallelism[] = ['channels', 'items', 'auto']
const NOTHING: Range = { begin: 0, end: 0 }

export class PreparedLayer implements Layer {
  readonly descriptor: ConvDescriptor
  readonly selection: Layer['selection']
  readonly #host: Host
  readonly #plan: Plan
  readonly #code: Code
  readonly #id: number
  readonly #packed: number
  /** The shards of each step, for a gang of every worker. */
  readonly #shards: readonly Range[][]
  readonly #pending = new Set<Promise<unknown>>()
  #knownTo = -1
  #closed = false

  private constructor(host: Host, d: ConvDescriptor, { kernel, plan, refusals }: Selection) {
    this.#host = host
    this.descriptor = d
    this.selection = { kernel: kernel.name, refusals }
    this.#plan = plan
    this.#shards = plan.steps.map((_, step) => shard(kernel.costs(plan, step), host.threads))
    this.#code = host.compile(kernel.functions(plan))
    this.#packed = host.arena.allocate(plan.packedBytes)
    this.#id = host.takeId()
  }

  /** Plans, compiles and packs. The weights are checked already. */
  static async prepare(
    host: Host,
    tier: TierName,
    d: ConvDescriptor,
    weight: FloatTensor,
    bias: FloatTensor | null,
    kernel?: string,
  ): Promise<PreparedLayer> {
    const layer = new PreparedLayer(host, d, select(d, TIERS[tier].traits, kernel))
    try {
      await layer.#define(weight, bias)
      return layer
    } catch (error) {
      layer.#release()
      throw error
    }
  }

  async run(x: Tensor, options: RunOptions = {}): Promise<FloatTensor> {
    this.#check(x, options)
    const input = expectFloat(x, 'x')
    const running = this.#run(input, options)
    this.#pending.add(running)
    this.#host.runs.add(running)
    try {
      return await running
    } finally {
      this.#pending.delete(running)
      this.#host.runs.delete(running)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#pending)
    this.#release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #release(): void {
    this.#host.arena.free(this.#packed)
    this.#host.giveId(this.#id)
  }

  #check(x: Tensor, { out, residual, parallel = 'auto' }: RunOptions): void {
    if (this.#closed) throw new WeftError('CLOSED', 'the layer was closed; prepare it again')
    this.#host.checkOpen()
    if (!PARALLELISMS.includes(parallel)) {
      throw new WeftError('OPTION', `parallel '${parallel}' is unknown; there are ${PARALLELISMS.join(', ')}`)
    }
    const { xShape, yShape } = this.descriptor
    expectFloat(x, 'x')
    if (!sameShape(x.shape, xShape)) {
      throw new WeftError('SHAPE', `x is ${formatShape(x.shape)}; the layer was prepared for ${formatShape(xShape)}`, {
        x: x.shape,
        expected: xShape,
      })
    }
    checkResidual(residual ?? null, this.descriptor)
    if (out === undefined) return
    expectFloat(out, 'out')
    if (!sameShape(out.shape, yShape)) {
      throw new WeftError('SHAPE', `out is ${formatShape(out.shape)}; the layer gives ${formatShape(yShape)}`, {
        out: out.shape,
        expected: yShape,
      })
    }
  }

  async #run(x: FloatTensor, { signal, out, residual, parallel = 'auto' }: RunOptions): Promise<FloatTensor> {
    const { arena, dispatcher, threads, generation } = this.#host
    if (this.#knownTo !== generation) await this.#define(null, null)
    const { batch } = this.descriptor
    // A single item on one worker leaves the others to other runs.
    const members = parallel === 'items' && batch === 1 ? 1 : threads
    const alone = wholeItems(parallel, batch, members)
    const ySize = sizeOf(this.descriptor.yShape)
    const xAt = arena.offsetOf(x.data)
    const addend = residual === undefined || residual === null ? null : expectFloat(residual, 'residual').data
    const residualAt = addend === null ? 0 : arena.offsetOf(addend)
    // An output over its own input or residual is put in its place when they are no longer read.
    const over = out !== undefined && (overlap(x.data, out.data) || (addend !== null && overlap(addend, out.data)))
    const yAt = out === undefined || over ? null : arena.offsetOf(out.data)
    let result = out
    let computed: Float32Array | null = null
    const start = (slots: readonly Slot[]): Task[] | Promise<Task[]> => {
      const wants = {
        shared: true,
        xBytes: xAt === null ? 4 * x.size : 0,
        yBytes: yAt === null ? 4 * ySize : 0,
        residualBytes: residualAt === null ? 4 * ySize : 0,
      }
      const region = regionOf(this.#plan, wants)
      const own = regionOf(this.#plan, { shared: alone > 0, xBytes: 0, yBytes: 0, residualBytes: 0 })
      const bases = slots.map((slot, index) => dispatcher.reserve(slot, (index === 0 ? region : own).bytes))
      const at = {
        x: xAt ?? bases[0] + region.x,
        y: yAt ?? bases[0] + region.y,
        residual: residualAt ?? bases[0] + region.residual,
      }
      if (yAt === null) computed = arena.floats(at.y, ySize)
      const tasks = slots.map(({ mailbox }, member): RunTask => {
        const each = alone / members
        const offsets = member === 0 ? region : own
        return {
          kind: 'run',
          layer: this.#id,
          member,
          members,
          control: slots[0].control,
          mailbox,
          x: at.x,
          y: at.y,
          residual: at.residual,
          private: bases[member] + offsets.private,
          alone: { begin: member * each, end: (member + 1) * each, shared: bases[member] + offsets.shared },
          together: {
            ...(alone === batch ? NOTHING : { begin: alone, end: batch }),
            shared: bases[0] + region.shared,
          },
        }
      })
      const copies: [number, Float32Array][] = []
      if (xAt === null) copies.push([at.x, x.data])
      if (residualAt === null && addend !== null) copies.push([at.residual, addend])
      if (copies.length === 0) return tasks
      return Promise.all(copies.map(([to, from]) => copyFloats(arena.floats(to, from.length), from, signal))).then(() => tasks)
    }
    const finish = async (): Promise<void> => {
      result ??= Tensor.zeros(this.descriptor.yShape)
      if (computed !== null) await copyFloats(result.data, computed, signal)
    }
    await dispatcher.submit({ members, signal, start, finish })
    return result as FloatTensor
  }

  /** Makes the layer known to every worker; packs where weights are given. A worker that is new knows no layer. */
  async #define(weight: FloatTensor | null, bias: FloatTensor | null): Promise<void> {
    const { arena, dispatcher, threads, generation } = this.#host
    const cold = this.#host.takeCold(this.#code)
    const raw = weight === null ? null : arena.allocate(4 * (weight.size + (bias?.size ?? 0)))
    try {
      const start = (slots: readonly Slot[]): Task[] => {
        const { batch, xShape, yShape, residual } = this.descriptor
        const bytes = (shape: readonly number[]) => (4 * shape.reduce((size, extent) => size * extent, 1)) / batch
        const yBytes = bytes(yShape)
        const residualBytes = residual ? yBytes : 0
        const region = regionOf(this.#plan, { shared: true, xBytes: bytes(xShape), yBytes, residualBytes })
        const base = cold ? dispatcher.reserve(slots[0], region.bytes) : 0
        if (cold) arena.floats(base, region.bytes / 4).fill(0)
        if (weight !== null && raw !== null) {
          arena.floats(raw, weight.size).set(weight.data)
          if (bias !== null) arena.floats(raw + 4 * weight.size, bias.size).set(bias.data)
        }
        return slots.map(({ mailbox }, member) => ({
          kind: 'define',
          layer: this.#id,
          member,
          members: threads,
          control: slots[0].control,
          mailbox,
          plan: this.#plan,
          code: this.#code,
          shards: this.#shards,
          packed: this.#packed,
          weights:
            raw === null || weight === null
              ? null
              : { at: raw, count: weight.size, biasAt: raw + 4 * weight.size, biasCount: bias?.size ?? 0 },
          warm: cold
            ? {
                x: base + region.x,
                y: base + region.y,
                residual: base + region.residual,
                shared: base + region.shared,
                private: base + region.private,
              }
            : null,
        }))
      }
      await dispatcher.submit({ members: threads, start })
      this.#knownTo = generation
    } finally {
      if (raw !== null) arena.free(raw)
    }
  }
}

/** Items that workers do alone, each the same number of them; the rest is done together. */
function wholeItems(parallel: Parallelism, batch: number, members: number): number {
  if (parallel === 'channels') return 0
  return batch - (batch % members)
}
