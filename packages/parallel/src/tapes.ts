// The tapes of a layer's or program's shards as one thread works on them: recorded once, played ever after.
import { nextStint } from '@weft/core'
import type { RunTask } from './messages.ts'
import type { Recorder, Tape } from './tape.ts'

/** Words of all tapes together: beyond that shards are done without. */
const MOST_WORDS = 1 << 20

/** Does a shard; asks for the stint where what it does depends on what the one before has staged. */
export type Shard = (stint: () => number) => boolean

export class Tapes {
  readonly #recorder: Recorder
  readonly #tapes = new Map<number, Tape>()
  /** Phases that are worked out each time: their shards depend on those before them, or there is no room for them. */
  readonly #unkept = new Set<number>()
  #words = 0
  #stint = 0

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** A stretch of work begins: nothing is staged. */
  begin(): void {
    this.#stint = nextStint()
  }

  /** @param shard a number that it has alone in its phase */
  perform(phase: number, shard: number, work: Shard, cancelled: () => boolean): boolean {
    const key = phase * 2 ** 32 + shard
    const known = this.#tapes.get(key)
    if (known !== undefined) return known.play(cancelled)
    const room = MOST_WORDS - this.#words
    if (this.#unkept.has(phase)) return work(() => this.#stint)
    const stint = () => {
      this.#unkept.add(phase)
      return this.#stint
    }
    const { done, tape } = this.#recorder.record(() => work(stint), room)
    if (tape === null) {
      if (done) this.#unkept.add(phase)
    } else if (!this.#unkept.has(phase)) {
      this.#words += tape.length
      this.#tapes.set(key, tape)
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
