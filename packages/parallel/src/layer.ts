// A prepared layer: what it keeps in the arena, and how a run is laid out over workers.
import {
  checkResidual,
  expectFloat,
  type FloatTensor,
  formatShape,
  type Operation,
  type Selected,
  sameShape,
  sizeOf,
  Tensor,
  WeftError,
} from '@weft/core'
import { copyNumbers, overlap } from './copy.ts'
import { define } from './define.ts'
import type { Parts } from './dispatch.ts'
import type { Host } from './host.ts'
import type { RunTask } from './messages.ts'
import { Phases } from './phases.ts'
import { regionOf } from './regions.ts'
import { Resident } from './resident.ts'
import type { Seat } from './seat.ts'
import type { Layer, Parallelism, RunOptions } from './types.ts'
import { Usual } from './usual.ts'

const PARALLELISMS: readonly Parallelism[] = ['channels', 'items', 'auto']

/** Byte offsets of operands that lie in the arena; null for those that are copied there. */
interface Places {
  readonly x: number | null
  readonly y: number | null
  readonly residual: number | null
}

export class PreparedLayer<D extends Operation> implements Layer<D> {
  readonly descriptor: D
  readonly selection: Layer['selection']
  readonly #host: Host
  readonly #resident: Resident<D>
  readonly #pending = new Set<Promise<unknown>>()
  /** The generation of workers that knows the layer. */
  #knownTo: number
  /** How long the last run took. */
  readonly #usual = new Usual()
  #closed = false

  private constructor(host: Host, resident: Resident<D>, knownTo: number) {
    const { plan, refusals } = resident
    this.#host = host
    this.#resident = resident
    this.descriptor = plan.descriptor
    this.selection = { kernel: plan.kernel, refusals }
    this.#knownTo = knownTo
  }

  /** Compiles and packs. The weights are checked already. */
  static async prepare<D extends Operation>(
    host: Host,
    selected: Selected<D>,
    weight: FloatTensor,
    bias: FloatTensor | null,
  ): Promise<PreparedLayer<D>> {
    const resident = new Resident(host, selected)
    try {
      return new PreparedLayer(host, resident, await define(host, [{ resident, weight, bias }]))
    } catch (error) {
      resident.release()
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
    this.#resident.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
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
      const parts = this.#parts(seats, control, alone, places)
      const { runs } = parts
      computed = { at: runs[0].y, began: performance.now() }
      const copies: [number, Float32Array][] = []
      if (places.x === null) copies.push([runs[0].x, x.data])
      if (places.residual === null && addend !== null) copies.push([runs[0].residual, addend])
      if (copies.length === 0) return parts
      const copied = copies.map(([to, from]) => copyNumbers(arena.floats(to, from.length), from, signal))
      return Promise.all(copied).then(() => parts)
    }
    const finish = async (): Promise<void> => {
      this.#usual.note(performance.now() - computed.began)
      result ??= Tensor.zeros(this.descriptor.yShape)
      if (places.y === null) await copyNumbers(result.data, arena.floats(computed.at, result.data.length), signal)
    }
    for (let complete = false; !complete; ) {
      if (this.#knownTo !== this.#host.generation) {
        this.#knownTo = await define(this.#host, [{ resident: this.#resident, weight: null, bias: null }])
      }
      const short = !single && this.#usual.short
      if (short) this.#introduce()
      complete = await dispatcher.submit({ members, short, signal, start, finish })
      if (!complete) this.#knownTo = -1
    }
    return result as FloatTensor
  }

  /** Each member's part of a run; an operand without a place gets one in the first member's region. */
  #parts(seats: readonly Seat[], control: number, alone: number, places: Places) {
    const { id, plan, shards } = this.#resident
    const { batch, xShape, yShape } = this.descriptor
    const bytesOf = (place: number | null, shape: readonly number[]) => (place === null ? 4 * sizeOf(shape) : 0)
    const first = regionOf(plan, {
      shared: true,
      xBytes: bytesOf(places.x, xShape),
      yBytes: bytesOf(places.y, yShape),
      residualBytes: bytesOf(places.residual, yShape),
    })
    const other = seats.length === 1 ? first : regionOf(plan, { shared: alone > 0, xBytes: 0, yBytes: 0, residualBytes: 0 })
    const bases = seats.map((seat, member) => this.#host.dispatcher.reserve(seat, (member === 0 ? first : other).bytes))
    const runs = bases.map((base, member): RunTask => {
      const region = member === 0 ? first : other
      return {
        layer: id,
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
        trace: 0,
        accompanied: 0,
      }
    })
    return { runs, lots: new Phases({ alone, items: batch, members: seats.length }, shards).lots(0) }
  }

  /** Makes the layer known to the calling thread. */
  #introduce(): void {
    const { member } = this.#host
    const { id, definition } = this.#resident
    if (!member.knows(id)) member.define(id, definition)
  }
}

/** Items that workers do alone, each the same number of them; the rest is done together. */
function wholeItems(parallel: Parallelism, batch: number, members: number): number {
  if (parallel === 'channels') return 0
  return batch - (batch % members)
}
