// The control block of a gang, in shared memory: who does which shard of the phase that is open, and the end of the job.
import { spin } from './spin.ts'

/**
 * A job is a row of phases, a phase a number of shards, in lots: a member claims those of its own lot first, so that what it
 * wrote in one phase it finds in its caches in the next, and then those of others. Members come and go: whoever is there claims,
 * and the one that finishes the last shard of a phase opens the next. Nobody waits for a member that holds no shard.
 *
 * 32-bit words of the block; what waiting members look at lies apart from what those at work write, and each lot from the others.
 */
const GENERATION = 0
const END = 1
const SLEEPERS = 2
const UNFINISHED = 16
const PHASE = 17
const LOTS = 32
/** Words of a cache line. */
const LINE = 16

/** More lots than this lie close together: of so many members few claim of the same line at once. */
const LOTS_APART = 64

/** Bytes of a control block of a gang of so many members, each with a lot. */
export function controlBytes(members: number): number {
  return 4 * (LOTS + members * lotWords(members))
}

function lotWords(members: number): number {
  return members > LOTS_APART ? 1 : LINE
}

/** A shard that a member has: of which lot, and how many were left of it, this one counted. */
export interface Claim {
  readonly lot: number
  readonly left: number
}

const [ON, DONE, STOPPED] = [0, 1, 2]

/** A waiter looks again after this long, whatever happens. */
const WAIT_MS = 100

export class Control {
  readonly #words: Int32Array
  readonly #at: number
  readonly #lots: number
  readonly #lotWords: number

  /** @param members of the largest gang that the block serves */
  constructor(words: Int32Array, byteOffset: number, members: number) {
    this.#words = words
    this.#at = byteOffset / 4
    this.#lots = members
    this.#lotWords = lotWords(members)
  }

  /**
   * Begins a job with its first phase. No member of an earlier one may be left.
   * @param lots how many shards are in each lot
   * @param unfinished what has to be finished; by default every shard
   */
  begin(lots: readonly number[], unfinished?: number): void {
    for (let lot = 0; lot < this.#lots; lot++) Atomics.store(this.#words, this.#left(lot), 0)
    Atomics.store(this.#words, this.#at + END, ON)
    this.open(0, lots, unfinished)
  }

  /** Opens a phase; by the member that finished the last shard of the one before. */
  open(phase: number, lots: readonly number[], unfinished = lots.reduce((sum, shards) => sum + shards, 0)): void {
    Atomics.store(this.#words, this.#at + UNFINISHED, unfinished)
    Atomics.store(this.#words, this.#at + PHASE, phase)
    // Claims are granted from here on: whoever has one sees the words before. A lot without shards is left alone: once the last shard
    // can be claimed, others may finish the phase and open the next while this member is held up, and a count stored late would be theirs.
    for (let lot = 0; lot < lots.length; lot++) if (lots[lot] > 0) Atomics.store(this.#words, this.#left(lot), lots[lot])
    this.#move()
  }

  /** Claims a shard of the phase that is open: of the member's own lot, then of the others in turn. Null when there is none to be had. */
  claim(member: number): Claim | null {
    for (let turn = 0; turn < this.#lots; turn++) {
      const lot = (member + turn) % this.#lots
      const at = this.#left(lot)
      if (Atomics.load(this.#words, at) <= 0) continue
      const left = Atomics.sub(this.#words, at, 1)
      if (left > 0) return { lot, left }
    }
    return null
  }

  /** The phase that is open; certain while a claim is held. */
  get phase(): number {
    return Atomics.load(this.#words, this.#at + PHASE)
  }

  /** Says that so many shards are done. Returns whether the phase's last was among them. */
  finish(shards = 1): boolean {
    return Atomics.sub(this.#words, this.#at + UNFINISHED, shards) === shards
  }

  /** The job is complete; without effect when it was stopped. */
  complete(): void {
    this.#end(DONE)
  }

  /** Makes everyone leave; without effect when the job is over. */
  stop(): void {
    this.#end(STOPPED)
  }

  get over(): boolean {
    return Atomics.load(this.#words, this.#at + END) !== ON
  }
  get completed(): boolean {
    return Atomics.load(this.#words, this.#at + END) === DONE
  }

  /** Resolves when the job is over, without blocking the thread. */
  async ended(): Promise<void> {
    const wait = Atomics.waitAsync(this.#words, this.#at + END, ON)
    if (wait.async) await wait.value
  }

  /** Moves on when a phase is opened and when the job is over: taken before a claim in vain, waited on after it. */
  get generation(): number {
    return Atomics.load(this.#words, this.#at + GENERATION)
  }

  /** Blocks until the generation has moved on, looking for so many milliseconds before it sleeps. */
  wait(generation: number, lookMs: number): void {
    const at = this.#at + GENERATION
    if (spin(this.#words, at, generation, lookMs)) return
    this.#sleepers(1)
    Atomics.wait(this.#words, at, generation, WAIT_MS)
    this.#sleepers(-1)
  }

  /** Looks for so many milliseconds, then resolves when the generation has moved on. */
  async moved(generation: number, lookMs: number): Promise<void> {
    const at = this.#at + GENERATION
    if (spin(this.#words, at, generation, lookMs)) return
    this.#sleepers(1)
    const wait = Atomics.waitAsync(this.#words, at, generation, WAIT_MS)
    if (wait.async) await wait.value
    this.#sleepers(-1)
  }

  /**
   * Who is about to sleep until the generation moves on counts itself: to wake nobody would take longer than many a phase. Who dies
   * asleep is counted ever after, and costs no more than that.
   */
  #sleepers(more: number): void {
    Atomics.add(this.#words, this.#at + SLEEPERS, more)
  }

  #left(lot: number): number {
    return this.#at + LOTS + this.#lotWords * lot
  }

  #end(how: number): void {
    if (Atomics.compareExchange(this.#words, this.#at + END, ON, how) !== ON) return
    Atomics.notify(this.#words, this.#at + END)
    this.#move()
  }

  #move(): void {
    Atomics.add(this.#words, this.#at + GENERATION, 1)
    // Who counts itself later finds the new generation before it sleeps.
    if (Atomics.load(this.#words, this.#at + SLEEPERS) > 0) Atomics.notify(this.#words, this.#at + GENERATION)
  }
}
