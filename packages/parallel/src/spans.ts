// Spans: which member of a run did what, when and for how long; noted in shared memory while it runs.
import type { Span } from '@weft/core'
import type { ProgramPhase } from './messages.ts'

/** Numbers of a span: member, begin and end. */
const NUMBERS = 3
const NOBODY = -1

/** Milliseconds, on a clock that all threads share. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** Bytes that hold a span for every shard of every phase. */
export function spanBytes(phases: readonly ProgramPhase[]): number {
  return 8 * NUMBERS * phases.reduce((sum, { shards }) => sum + shards.flat().length, 0)
}

export class Spans {
  readonly #numbers: Float64Array
  readonly #phases: readonly ProgramPhase[]
  readonly #member: number
  /** Index of the first span of each lot of each phase. */
  readonly #first: readonly (readonly number[])[]

  constructor(buffer: ArrayBufferLike, at: number, phases: readonly ProgramPhase[], member: number) {
    this.#numbers = new Float64Array(buffer as ArrayBuffer, at, spanBytes(phases) / 8)
    this.#phases = phases
    this.#member = member
    let next = 0
    this.#first = phases.map(({ shards }) => {
      return shards.map(({ length }) => {
        next += length
        return next - length
      })
    })
  }

  clear(): void {
    this.#numbers.fill(NOBODY)
  }

  /** Notes that this member did the shard from `began` until now. */
  note(phase: number, lot: number, shard: number, began: number): void {
    this.#numbers.set([this.#member, began, now()], NUMBERS * (this.#first[phase][lot] + shard))
  }

  /** All that was noted, from the begin of the run on. */
  read(origin: number): Span[] {
    return this.#phases.flatMap(({ step, shards }, phase) =>
      shards.flatMap((ranges, lot) =>
        ranges.flatMap((_, shard): Span[] => {
          const [worker, began, ended] = this.#numbers.subarray(NUMBERS * (this.#first[phase][lot] + shard))
          return worker === NOBODY ? [] : [{ step, worker, start: began - origin, ms: ended - began }]
        }),
      ),
    )
  }
}
