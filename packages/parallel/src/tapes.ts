// The tapes of a layer's or program's shards as one thread works on them: recorded once, played ever after.
import { nextStint } from '@weft/core'
import type { RunTask } from './messages.ts'
import type { Recorder, Tape } from './tape.ts'

/** Words of all tapes together: beyond that shards are done without. */
const MOST_WORDS = 1 << 20
/** A shard's calls depend on the shard before it, whose pixels may still be staged: tapes for so many of them. */
const MOST_BEFORE = 4

/** Does a shard; what it finds staged is of `stint`. */
export type Shard = (stint: number) => boolean

interface Kept {
  readonly before: number
  readonly tape: Tape
}

export class Tapes {
  readonly #recorder: Recorder
  readonly #kept = new Map<number, Kept[]>()
  #words = 0
  /** What this thread did last: the phase and shard, and the stint if they were worked out, 0 if they were played. */
  #last = { phase: -1, shard: -1, stint: 0 }

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** A run begins: nothing is staged. */
  begin(): void {
    this.#last = { phase: -1, shard: -1, stint: 0 }
  }

  /** @param shard a number that it has alone in its phase */
  perform(phase: number, shard: number, work: Shard, cancelled: () => boolean): boolean {
    const last = this.#last
    const before = last.phase === phase ? last.shard : -1
    const key = phase * 2 ** 32 + shard
    const kept = this.#kept.get(key)
    const found = kept?.find((one) => one.before === before)
    if (found !== undefined) {
      this.#last = { phase, shard, stint: 0 }
      return found.tape.play(cancelled)
    }
    const stint = before >= 0 && last.stint !== 0 ? last.stint : nextStint()
    this.#last = { phase, shard, stint }
    const room = (kept?.length ?? 0) < MOST_BEFORE ? MOST_WORDS - this.#words : 0
    if (room <= 0) return work(stint)
    const { done, tape } = this.#recorder.record(() => work(stint), room)
    if (tape !== null) {
      this.#words += tape.length
      this.#kept.set(key, [...(kept ?? []), { before, tape }])
    }
    return done
  }
}

/** What the calls of a run depend on, beside what it is a run of. */
const SETTING = ['x', 'y', 'residual', 'private', 'own', 'shared', 'members', 'alone', 'items'] as const

/** Keeps the tapes as long as runs lie in the same places: the second there records, since many are the last. */
export class Repeats {
  readonly #recorder: Recorder
  #first: RunTask | null = null
  #bytes = 0
  #tapes: Tapes | null = null

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** @param bytes of the memory: code is called with other views of it when it has grown */
  of(task: RunTask, bytes: number): Tapes | null {
    const first = this.#first
    if (first === null || bytes !== this.#bytes || SETTING.some((name) => task[name] !== first[name])) {
      this.#first = task
      this.#bytes = bytes
      this.#tapes = null
    } else if (task !== first) this.#tapes ??= new Tapes(this.#recorder)
    this.#tapes?.begin()
    return this.#tapes
  }
}
