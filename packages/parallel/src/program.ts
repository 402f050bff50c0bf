// A program on the engine: what it keeps in the arena, and how a run is laid out over workers.
import {
  type ConvDescriptor,
  OP_STORAGE,
  type OpStorage,
  type Place,
  type PreparedProgram,
  type Program,
  type ProgramConstant,
  type RunProgramOptions,
  type Span,
  sizeOf,
  type TierName,
  WeftError,
} from '@weft/core'
import { copyNumbers } from './copy.ts'
import { define } from './define.ts'
import type { Parts } from './dispatch.ts'
import type { Host } from './host.ts'
import type { RunTask } from './messages.ts'
import { holds } from './program-input.ts'
import { ProgramResidents } from './program-residents.ts'
import { regionOf } from './regions.ts'
import type { Seat } from './seat.ts'
import { now, Spans, spanBytes } from './spans.ts'
import { Usual } from './usual.ts'

export class EngineProgram implements PreparedProgram {
  readonly #host: Host
  readonly #program: Program
  readonly #constants: readonly ProgramConstant[]
  readonly #residents: ProgramResidents
  readonly #pending = new Set<Promise<unknown>>()
  /** The generation of workers that knows the program. */
  #knownTo: number
  readonly #usual = new Usual()
  /** Where in the arena the last run's input lay that can be read there; null where it was elsewhere. */
  #lastInput: number | null = null
  #closed = false

  private constructor(
    host: Host,
    program: Program,
    constants: readonly ProgramConstant[],
    residents: ProgramResidents,
    knownTo: number,
  ) {
    this.#host = host
    this.#program = program
    this.#constants = constants
    this.#residents = residents
    this.#knownTo = knownTo
  }

  /** @param kernelFor the kernel that was measured to be the fastest, where one was */
  static async prepare(
    host: Host,
    tier: TierName,
    program: Program,
    constants: readonly ProgramConstant[],
    kernelFor: (d: ConvDescriptor) => string | undefined,
  ): Promise<EngineProgram> {
    const residents = new ProgramResidents(host, tier, program, constants, kernelFor)
    try {
      const generation = await define(host, residents.layers(constants), residents.definition)
      return new EngineProgram(host, program, constants, residents, generation)
    } catch (error) {
      residents.release()
      throw error
    }
  }

  async run(inputs: readonly OpStorage[], options: RunProgramOptions = {}): Promise<OpStorage[]> {
    if (this.#closed) throw new WeftError('CLOSED', 'the program was disposed of; prepare it again')
    this.#host.checkOpen()
    const running = this.#run(inputs, options)
    this.#pending.add(running)
    this.#host.runs.add(running)
    try {
      return await running
    } finally {
      this.#pending.delete(running)
      this.#host.runs.delete(running)
    }
  }

  async dispose(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#pending)
    this.#residents.release()
  }

  async #run(inputs: readonly OpStorage[], { signal, parallel, out = [], onSpans }: RunProgramOptions): Promise<OpStorage[]> {
    const { dispatcher, threads } = this.#host
    const { phases } = this.#residents.definition
    if (phases.length === 0) return this.#unchanged(inputs).map((result, i) => written(out[i], result))
    const single = parallel === 'items'
    const inPlace = this.#inPlace(inputs)
    let job = { memory: 0, trace: 0, origin: 0 }
    const start = async (seats: readonly Seat[], control: number): Promise<Parts> => {
      const runs = this.#parts(seats, control, inPlace, onSpans !== undefined)
      const [{ x: memory, trace }] = runs
      for (const [i, { place }] of this.#program.inputs.entries()) {
        if (place.where !== 'memory' || (inPlace !== null && i === this.#residents.input?.index)) continue
        await copyNumbers(this.#at(place, memory), inputs[i], signal)
      }
      if (trace !== 0) this.#spans(trace).clear()
      job = { memory, trace, origin: now() }
      return { runs, lots: single ? [1] : phases[0].shards.map(({ length }) => length) }
    }
    let results: OpStorage[] = []
    let spans: Span[] = []
    const finish = async (): Promise<void> => {
      this.#usual.note(now() - job.origin)
      if (job.trace !== 0) spans = this.#spans(job.trace).read(job.origin)
      results = await this.#results(job.memory, out, signal)
    }
    for (let complete = false; !complete; ) {
      if (this.#knownTo !== this.#host.generation) {
        this.#knownTo = await define(this.#host, this.#residents.layers(null), this.#residents.definition)
      }
      const short = !single && this.#usual.short
      if (short) this.#residents.introduce()
      complete = await dispatcher.submit({ members: single ? 1 : threads, short, signal, start, finish })
      if (!complete) this.#knownTo = -1
    }
    onSpans?.(spans)
    return results
  }

  /**
   * Where an input is read in place; null where all are copied. In place only from the second run on with the same tensor:
   * what members keep of a run is of use for the next in the same places, and is worth more than a copy.
   */
  #inPlace(inputs: readonly OpStorage[]): number | null {
    const { input } = this.#residents
    const at = input && this.#host.arena.offsetOf(inputs[input.index])
    const same = at === this.#lastInput
    this.#lastInput = at
    return same ? at : null
  }

  /** Each member's part of a run, in memory of the first member's region. @param inPlace where the input is read that is not copied */
  #parts(seats: readonly Seat[], control: number, inPlace: number | null, traced: boolean): RunTask[] {
    const { definition, scratch, input } = this.#residents
    const bytes = this.#program.bytes
    const first = regionOf(scratch, {
      shared: true,
      xBytes: bytes,
      yBytes: traced ? spanBytes(definition.phases) : 0,
      residualBytes: 0,
    })
    const other = regionOf(scratch, { shared: false, xBytes: 0, yBytes: 0, residualBytes: 0 })
    const bases = seats.map((seat, member) => this.#host.dispatcher.reserve(seat, (member === 0 ? first : other).bytes))
    return bases.map(
      (base, member): RunTask => ({
        layer: definition.id,
        member,
        members: seats.length,
        control,
        x: bases[0] + first.x,
        y: inPlace ?? bases[0] + first.x + (input?.place.at ?? 0),
        residual: 0,
        private: base + (member === 0 ? first : other).private,
        own: 0,
        shared: bases[0] + first.shared,
        alone: seats.length === 1 ? 1 : 0,
        items: 1,
        trace: traced ? bases[0] + first.y : 0,
        accompanied: 0,
      }),
    )
  }

  async #results(memory: number, out: readonly (OpStorage | null)[], signal: AbortSignal | undefined): Promise<OpStorage[]> {
    const results: OpStorage[] = []
    for (const [i, place] of outputPlaces(this.#program).entries()) {
      const result = out[i] ?? new OP_STORAGE[place.info.dtype](sizeOf(place.info.shape))
      await copyNumbers(result, this.#at(place, memory), signal)
      results.push(result)
    }
    return results
  }

  /** The outputs of a program without steps: constants, and inputs as they are or in part. */
  #unchanged(inputs: readonly OpStorage[]): OpStorage[] {
    return outputPlaces(this.#program).map((output) => {
      const { info, where, at } = output
      if (where === 'constant') return this.#constants[at].data.slice()
      if (sizeOf(info.shape) === 0) return new OP_STORAGE[info.dtype](0)
      const index = this.#program.inputs.findIndex(({ place }) => holds(place, output))
      const first = (at - this.#program.inputs[index].place.at) / inputs[index].BYTES_PER_ELEMENT
      return inputs[index].slice(first, first + sizeOf(info.shape))
    })
  }

  #at({ info: { dtype, shape }, where, at }: Place, memory: number): OpStorage {
    if (where === 'constant') return this.#constants[at].data
    return new OP_STORAGE[dtype](this.#host.arena.memory.buffer as unknown as ArrayBuffer, memory + at, sizeOf(shape))
  }

  #spans(at: number): Spans {
    return new Spans(this.#host.arena.memory.buffer, at, this.#residents.definition.phases, 0)
  }
}

function written(out: OpStorage | null | undefined, result: OpStorage): OpStorage {
  out?.set(result)
  return out ?? result
}

function outputPlaces({ outputs }: Program): Place[] {
  return [...outputs.map(({ place }) => place), ...outputs.flatMap(({ count }) => count ?? [])]
}
