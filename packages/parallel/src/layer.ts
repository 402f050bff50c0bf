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
import type { Parts } from './dispatch.ts'
import type { Host } from './host.ts'
import type { DefineTask, Definition, RunTask } from './messages.ts'
import { Phases } from './phases.ts'
import { regionOf } from './regions.ts'
import type { Seat } from './seat.ts'
import type { Layer, Parallelism, RunOptions } from './types.ts'

const PARALLELISMS: readonly Parallelism[] = ['channels', 'items', 'auto']
/** Milliseconds of a run in which the caller works along: longer, and it is the event loop that would have to wait. */
const SHORT_MS = 1

/** Byte offsets of operands that lie in the arena; null for those that are copied there. */
interface Places {
  readonly x: number | null
  readonly y: number | null
  readonly residual: number | null
}

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
  /** How long the last run took. */
  #lastMs = Number.POSITIVE_INFINITY
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
    this.#host.member.forget(this.#id)
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
    const { arena, dispatcher, threads } = this.#host
    const { batch } = this.descriptor
    // A single item on one worker leaves the others, and the caller, to other runs.
    const single = parallel === 'items' && batch === 1
    const members = single ? 1 : threads
    const ySize = sizeOf(this.descriptor.yShape)
    const addend = residual === undefined || residual === null ? null : expectFloat(residual, 'residual').data
    // An output over its own input or residual is put in its place when they are no longer read.
    const over = out !== undefined && (overlap(x.data, out.data) || (addend !== null && overlap(addend, out.data)))
    const places = {
      x: arena.offsetOf(x.data),
      y: out === undefined || over ? null : arena.offsetOf(out.data),
      residual: addend === null ? 0 : arena.offsetOf(addend),
    }
    const alone = wholeItems(parallel, batch, members)
    let result = out
    let computed = { at: 0, began: 0 }
    const start = (seats: readonly Seat[], control: number): Parts | Promise<Parts> => {
      const { runs, shards } = this.#parts(seats, control, alone, places)
      computed = { at: runs[0].y, began: performance.now() }
      const copies: [number, Float32Array][] = []
      if (places.x === null) copies.push([runs[0].x, x.data])
      if (places.residual === null && addend !== null) copies.push([runs[0].residual, addend])
      if (copies.length === 0) return { runs, shards }
      const copied = copies.map(([to, from]) => copyFloats(arena.floats(to, from.length), from, signal))
      return Promise.all(copied).then(() => ({ runs, shards }))
    }
    const finish = async (): Promise<void> => {
      this.#lastMs = performance.now() - computed.began
      result ??= Tensor.zeros(this.descriptor.yShape)
      if (places.y === null) await copyFloats(result.data, arena.floats(computed.at, ySize), signal)
    }
    for (let complete = false; !complete; ) {
      if (this.#knownTo !== this.#host.generation) await this.#define(null, null)
      const short = !single && this.#lastMs <= SHORT_MS
      if (short) this.#introduce()
      complete = await dispatcher.submit({ members, short, signal, start, finish })
      if (!complete) this.#knownTo = -1
    }
    return result as FloatTensor
  }

  /** Each member's part of a run; an operand without a place gets one in the first member's region. */
  #parts(seats: readonly Seat[], control: number, alone: number, places: Places) {
    const { batch, xShape, yShape } = this.descriptor
    const ySize = 4 * sizeOf(yShape)
    const wants = {
      shared: true,
      xBytes: places.x === null ? 4 * sizeOf(xShape) : 0,
      yBytes: places.y === null ? ySize : 0,
      residualBytes: places.residual === null ? ySize : 0,
    }
    const first = regionOf(this.#plan, wants)
    const other = regionOf(this.#plan, { shared: alone > 0, xBytes: 0, yBytes: 0, residualBytes: 0 })
    const bases = seats.map((seat, member) => this.#host.dispatcher.reserve(seat, (member === 0 ? first : other).bytes))
    const runs = bases.map((base, member): RunTask => {
      const region = member === 0 ? first : other
      return {
        layer: this.#id,
        member,
        members: seats.length,
        control,
        x: places.x ?? bases[0] + first.x,
        y: places.y ?? bases[0] + first.y,
        residual: places.residual ?? bases[0] + first.residual,
        private: base + region.private,
        own: base + region.shared,
        shared: bases[0] + first.shared,
        alone,
        items: batch,
      }
    })
    return { runs, shards: new Phases({ alone, items: batch }, this.#shards).shards(0) }
  }

  get #definition(): Definition {
    return { plan: this.#plan, code: this.#code, shards: this.#shards, packed: this.#packed }
  }

  /** Makes the layer known to the calling thread. */
  #introduce(): void {
    const { member } = this.#host
    if (!member.knows(this.#id)) member.define(this.#id, this.#definition)
  }

  /** Makes the layer known to every worker; packs where weights are given. A worker that is new knows no layer. */
  async #define(weight: FloatTensor | null, bias: FloatTensor | null): Promise<void> {
    const { arena, dispatcher, threads, generation } = this.#host
    const cold = this.#host.takeCold(this.#code)
    const raw = weight === null ? null : arena.allocate(4 * (weight.size + (bias?.size ?? 0)))
    try {
      const start = (seats: readonly Seat[], control: number): Parts => {
        const { batch, xShape, yShape, residual } = this.descriptor
        const bytes = (shape: readonly number[]) => (4 * sizeOf(shape)) / batch
        const yBytes = bytes(yShape)
        const residualBytes = residual ? yBytes : 0
        const region = regionOf(this.#plan, { shared: true, xBytes: bytes(xShape), yBytes, residualBytes })
        const base = cold ? dispatcher.reserve(seats[0], region.bytes) : 0
        if (cold) arena.floats(base, region.bytes / 4).fill(0)
        if (weight !== null && raw !== null) {
          arena.floats(raw, weight.size).set(weight.data)
          if (bias !== null) arena.floats(raw + 4 * weight.size, bias.size).set(bias.data)
        }
        const assembly = seats.map(
          (_, member): DefineTask => ({
            kind: 'define',
            layer: this.#id,
            member,
            members: threads,
            control,
            ...this.#definition,
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
          }),
        )
        return { assembly }
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
