// The tapes of a layer's or program's shards as one thread works on them: recorded once, played ever after.
import { type Held, Staged } from '@weft/core'
import type { RunTask } from './messages.ts'
import type { Recorder, Tape } from './tape.ts'

/** Words of all tapes of a layer or program: beyond that shards are done without. */
const MOST_WORDS = 1 << 20

/** Does a shard; what it finds staged, and leaves, is all that it knows of the shards before. */
export type Shard = (staged: Staged) => boolean

/** Notes what was asked for first: the answer decides which calls a shard makes, and what it leaves. */
class Asking extends Staged {
  first: Held | null = null
  found = false

  override has(held: Held): boolean {
    const found = super.has(held)
    if (this.first === null) {
      this.first = held
      this.found = found
    }
    return found
  }
}

/** A shard on tape: one where what it asks for is staged, and one for where it is not or nothing is asked for. */
interface Known {
  readonly asks: Held | null
  there?: Take
  missing?: Take
}

interface Take {
  readonly tape: Tape
  /** What is staged then, where it asks. */
  readonly leaves: Held | null
}

export class Tapes {
  readonly #recorder: Recorder
  /** The shards of each phase; null for one that is worked out each time: it does without emitted code, or there is no room for it. */
  readonly #phases: (Map<number, Known> | null)[] = []
  #words = 0

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** @param shard a number that it has alone in its phase */
  perform(phase: number, shard: number, work: Shard, staged: Staged, cancelled: () => boolean): boolean {
    const shards = this.#shardsOf(phase)
    if (shards === null) return work(staged)
    const known = shards.get(shard)
    const asks = known?.asks ?? null
    const take = asks !== null && staged.has(asks) ? known?.there : known?.missing
    if (take === undefined) return this.#record(phase, shard, work, staged)
    if (asks !== null) staged.held = take.leaves
    return take.tape.play(cancelled)
  }

  #record(phase: number, shard: number, work: Shard, staged: Staged): boolean {
    const asking = new Asking()
    asking.held = staged.held
    const { done, tape } = this.#recorder.record(() => work(asking), MOST_WORDS - this.#words)
    staged.held = asking.held
    if (!done) return false
    if (tape === null || tape.length === 0) {
      this.#phases[phase] = null
      return true
    }
    this.#words += tape.length
    const shards = this.#shardsOf(phase)
    const known = shards?.get(shard) ?? { asks: asking.first }
    known[asking.found ? 'there' : 'missing'] = { tape, leaves: asking.held }
    shards?.set(shard, known)
    return true
  }

  #shardsOf(phase: number): Map<number, Known> | null {
    while (this.#phases.length <= phase) this.#phases.push(new Map())
    return this.#phases[phase]
  }
}

/** Whether two runs of the same thing make the same calls. Not a list of names: to look each up takes a twelfth of what a run costs beyond its kernel. */
function sameSetting(a: RunTask, b: RunTask): boolean {
  if (a.x !== b.x || a.y !== b.y || a.residual !== b.residual) return false
  if (a.private !== b.private || a.own !== b.own || a.shared !== b.shared) return false
  return a.members === b.members && a.alone === b.alone && a.items === b.items
}

/** What a thread does again and again; from the second run in the same places on it is recorded, since many are the last. */
export class Repeats {
  readonly #recorder: Recorder
  #first: RunTask | null = null
  #bytes = 0
  #tapes: Tapes | null = null
  #phase = -1
  readonly #staged = new Staged()

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /**
   * A stretch of work begins: nothing is staged. Returns whether it lies elsewhere than the one before.
   * @param bytes of the memory: code is called with other views of it when it has grown
   */
  begin(task: RunTask, bytes: number): boolean {
    this.#phase = -1
    const first = this.#first
    const elsewhere = first === null || bytes !== this.#bytes || !sameSetting(task, first)
    if (elsewhere) {
      this.#first = task
      this.#bytes = bytes
      this.#tapes = null
    } else if (task !== first) this.#tapes ??= new Tapes(this.#recorder)
    return elsewhere
  }

  /** Does a shard of the stretch, as it is on tape or as `work` says. @param shard a number that it has alone in its phase */
  perform(phase: number, shard: number, work: Shard, cancelled: () => boolean): boolean {
    if (phase !== this.#phase) this.#staged.held = null
    this.#phase = phase
    return this.#tapes?.perform(phase, shard, work, this.#staged, cancelled) ?? work(this.#staged)
  }
}
