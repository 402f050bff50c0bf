// What a run comes to: how many items, bytes and seconds.
import type { Failed } from './failure.ts'
import type { Done } from './item.ts'
import { STAGES, type Stage } from './stages.ts'

export class Tally {
  readonly items: number
  /** Done by earlier runs. */
  readonly skipped: number
  done = 0
  failed = 0
  /** Of those that failed: another attempt may do them. */
  retryable = 0
  bytesRead = 0
  bytesWritten = 0
  seconds = 0
  /** Whether items that ran out of time are still under way. */
  abandoned = false
  /** Milliseconds of all items together. */
  readonly stages: Record<Stage, number> = { read: 0, decode: 0, compute: 0, encode: 0, write: 0 }

  constructor(items: number, skipped: number) {
    this.items = items
    this.skipped = skipped
  }

  get left(): number {
    return this.items - this.skipped - this.done - this.failed
  }

  /** The stage that items spend most of their time in. */
  get slowest(): Stage {
    return STAGES.reduce((most, stage) => (this.stages[stage] > this.stages[most] ? stage : most))
  }

  /** Items a second, to three digits. */
  get rate(): number {
    return Number((this.done / Math.max(this.seconds, 1e-3)).toPrecision(3))
  }

  count(result: Done | Failed): void {
    if (!result.ok) {
      this.failed++
      if (result.retryable) this.retryable++
      return
    }
    this.done++
    this.bytesRead += result.input.bytes
    this.bytesWritten += result.placed.bytes
    for (const stage of STAGES) this.stages[stage] += result.stages[stage]
  }
}
