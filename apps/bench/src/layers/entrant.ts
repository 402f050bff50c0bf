// An entrant: weft or a peer with so many threads, in a process of its own, and what it makes of one layer.
import { difference } from '@weft/commands/operands'
import { distanceOf, errorOf, type Truth } from '@weft/commands/truth'
import type { Where } from '../where.ts'
import { Child, Refused } from './child.ts'
import type { PeerName } from './peers.ts'
import type { Calls, Hello, Turn } from './protocol.ts'
import type { Workshop } from './workshop.ts'

export type Impl = 'weft' | PeerName

/** What an entrant made of a layer, or of a network. */
export interface Outcome {
  readonly impl: Impl
  readonly threads: number
  kernel: string | null
  /** Milliseconds of each run. */
  readonly rounds: (readonly number[])[]
  /** Of weft, where it was traced. */
  where: Where | null
  /** Of the result, over the largest sum of |x w|; of a network over the range of the output. */
  error: number | null
  /** Why it has no such convolution. */
  unsupported: string | null
  /** What went wrong; nothing more is tried then. */
  trouble: string | null
}

/** Errors over the largest sum of |x w| that no sound algorithm has. */
export const WORST_ERROR = 1e-4

export class Entrant {
  readonly impl: Impl
  readonly threads: number
  readonly #command: readonly string[]
  #child: Child
  /** Processor time of processes that ended. */
  #spentMs = 0

  private constructor(impl: Impl, threads: number, command: readonly string[], child: Child) {
    this.impl = impl
    this.threads = threads
    this.#command = command
    this.#child = child
  }

  static async start(impl: Impl, threads: number, command: readonly string[]): Promise<Entrant> {
    return new Entrant(impl, threads, command, await Child.start(command))
  }

  get hello(): Hello {
    return this.#child.hello
  }
  get cpuMs(): number {
    return this.#spentMs + this.#child.cpuMs
  }

  /** A process that ended over a layer is begun anew for the next. */
  async prepare<Call extends 'prepare' | 'prepareModel'>(call: Call, task: Calls[Call][0]): Promise<Outcome> {
    const outcome: Outcome = {
      impl: this.impl,
      threads: this.threads,
      kernel: null,
      rounds: [],
      where: null,
      error: null,
      unsupported: null,
      trouble: null,
    }
    await unlessTrouble(outcome, async () => {
      if (this.#child.ended) {
        this.#spentMs += this.#child.cpuMs
        this.#child = await Child.start(this.#command)
      }
      outcome.kernel = (await this.#child.ask(call, task)).kernel
    })
    return outcome
  }

  /** Has the result of a run judged; @returns it where it came. */
  async check(outcome: Outcome, workshop: Workshop, judged: (found: Float32Array) => void): Promise<Float32Array | null> {
    let found: Float32Array | null = null
    await unlessTrouble(outcome, async () => {
      await this.#child.ask('output', { path: workshop.path('y') })
      found = workshop.floats('y')
      judged(found)
    })
    return found
  }

  async turn(outcome: Outcome, turn: Turn): Promise<void> {
    await unlessTrouble(outcome, async () => {
      outcome.rounds.push((await this.#child.ask('turn', turn)).samples)
    })
  }

  /** Finds where the time of a problem goes; of weft. */
  async trace(outcome: Outcome, problem: string, ms: number): Promise<void> {
    await unlessTrouble(outcome, async () => {
      // A reply has more in it than was asked for.
      const { compute, barrier, dispatch } = await this.#child.ask('trace', { problem, ms })
      outcome.where = { compute, barrier, dispatch }
    })
  }

  /** Of a layer that was refused too: some of it may be there. */
  async release(outcome: Outcome): Promise<void> {
    if (this.#child.ended) return
    try {
      await this.#child.ask('release', {})
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      outcome.trouble ??= error.message
    }
  }

  async close(): Promise<void> {
    await this.#child.close()
  }
}

/** @param first the result of weft with the fewest threads, null for that itself */
export function judge(outcome: Outcome, found: Float32Array, truth: Truth, first: Float32Array | null): void {
  outcome.error = errorOf(found, truth)
  const apart = first === null ? 0 : distanceOf(found, first, truth)
  const worst = Math.max(outcome.error, apart)
  if (outcome.error > WORST_ERROR) {
    outcome.trouble = `wrong: ${shown(outcome.error)} of the largest sum of |x w| from the definition`
  } else if (apart > WORST_ERROR) {
    outcome.trouble = `wrong somewhere, or weft is: ${shown(apart)} of the largest sum of |x w| from weft's result`
  } else if (outcome.impl === 'weft' && first !== null) {
    const bits = difference(found, first)
    if (bits !== null) outcome.trouble = `${outcome.threads} threads: ${bits}`
  }
  outcome.error = worst
}

function shown(error: number): string {
  return Number.isFinite(error) ? error.toExponential(1) : 'infinitely far'
}

async function unlessTrouble(outcome: Outcome, work: () => Promise<void>): Promise<void> {
  if (outcome.trouble !== null || outcome.unsupported !== null) return
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    outcome[error.unsupported ? 'unsupported' : 'trouble'] = error.message
  }
}
