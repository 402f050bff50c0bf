// The tapes of a layer's or program's shards as one thread works on them: recorded once, played ever after.
import { nextStint } from '@weft/core'
import type { RunTask } from './messages.ts'
import type { Recorder, Tape } from './tape.ts'

/** Words of all tapes of a layer or program: beyond that shards are done without. */
const MOST_WORDS = 1 << 20

/** Does a shard; asks for the stint where what it does depends on what the one before has staged. */
export type Shard = (stint: () => number) => boolean

export class Tapes {
  readonly #recorder: Recorder
  readonly #tapes = new Map<number, Tape>()
  /** Phases that are worked out each time: they ask what is staged, or do without emitted code, or there is no room for them. */
  readonly #unkept = new Set<number>()
  #words = 0

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** @param shard a number that it has alone in its phase */
  perform(phase: number, shard: number, work: Shard, stint: number, cancelled: () => boolean): boolean {
    if (this.#unkept.has(phase)) return work(() => stint)
    const key = phase * 2 ** 32 + shard
    const known = this.#tapes.get(key)
    if (known !== undefined) return known.play(cancelled)
    let asked = false
    const ask = () => {
      asked = true
      return stint
    }
    const { done, tape } = this.#recorder.record(() => work(ask), MOST_WORDS - this.#words)
    if (asked || (done && (tape === null || tape.length === 0))) this.#unkept.add(phase)
    else if (tape !== null) {
      this.#words += tape.length
      this.#tapes.set(key, tape)
    }
    return done
  }
}

/** What the calls of a run depend on, beside what it is a run of. */
const SETTING = ['x', 'y', 'residual', 'private', 'own', 'shared', 'members', 'alone', 'items'] as const

/** What a thread does again and again; from the second run in the same places on it is recorded, since many are the last. */
export class Repeats {
  readonly #recorder: Recorder
  #first: RunTask | null = null
  #bytes = 0
  #tapes: Tapes | null = null
  #stint = 0

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /**
   * A stretch of work begins: nothing is staged. Returns whether it lies elsewhere than the one before.
   * @param bytes of the memory: code is called with other views of it when it has grown
   */
  begin(task: RunTask, bytes: number): boolean {
    this.#stint = nextStint()
    const first = this.#first
    const elsewhere = first === null || bytes !== this.#bytes || SETTING.some((name) => task[name] !== first[name])
    if (elsewhere) {
      this.#first = task
      this.#bytes = bytes
      this.#tapes = null
    } else if (task !== first) this.#tapes ??= new Tapes(this.#recorder)
    return elsewhere
  }

  /** Does a shard of the stretch, as it is on tape or as `work` says. @param shard a number that it has alone in its phase */
  perform(phase: number, shard: number, work: Shard, cancelled: () => boolean): boolean {
    return this.#tapes?.perform(phase, shard, work, this.#stint, cancelled) ?? work(() => this.#stint)
  }
}
