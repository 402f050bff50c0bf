// A job under way: the members that were asked to it, what befell them, and its end.
import { setTimeout as sleep } from 'node:timers/promises'
import { fromWire, WeftError, type WireError } from '@weft/core'
import type { Control } from './control.ts'
import type { Member } from './member.ts'
import type { AssemblyTask, RunTask } from './messages.ts'
import type { Bereaved, Seat } from './seat.ts'
import type { Turns } from './turns.ts'

/** Between looks at members that are slow to leave a job that was stopped. */
const SLOW_MS = 1
/** Milliseconds for which the caller looks for the next phase before it goes back to the event loop. */
const LOOK_MS = 0.05

/** The calling thread, as a member. */
export interface Caller {
  readonly member: Member
  readonly turns: Turns
}

export class Gang {
  readonly control: Control
  readonly #asked = new Map<Seat, AssemblyTask | RunTask>()
  #failure: WeftError | null = null
  /** Whether the calling thread works along: it never leaves before the end. */
  #accompanied = false
  /** From its end on its control block is another job's: what befalls a seat is no matter of its own any more. */
  #dissolved = false

  constructor(control: Control) {
    this.control = control
  }

  /** Asks every worker for its part; all have to come. What one of them has to do is claimed. */
  assemble(tasks: readonly AssemblyTask[], shards: number, seats: readonly Seat[]): void {
    this.control.begin([shards], tasks.length)
    tasks.forEach((task, index) => {
      this.#asked.set(seats[index], task)
      seats[index].assemble(task, this.#lost)
    })
  }

  /** Asks for each member's part in a run; the caller takes that of the first where it works along. */
  run(tasks: readonly RunTask[], lots: readonly number[], seats: readonly Seat[], accompanied: boolean): void {
    this.control.begin(lots)
    this.#accompanied = accompanied
    for (let index = accompanied ? 1 : 0; index < tasks.length; index++) {
      const task = accompanied ? { ...tasks[index], accompanied: 1 } : tasks[index]
      this.#asked.set(seats[index], task)
      seats[index].run(task, this.#lost)
    }
  }

  /** Works until the job is over, with turns for the event loop. */
  async accompany(task: RunTask, { member, turns }: Caller): Promise<void> {
    const { control } = this
    try {
      for (;;) {
        const generation = member.work(task, control, () => turns.due)
        if (control.over) return
        if (turns.due) await turns.next()
        else await control.moved(generation, LOOK_MS)
      }
    } catch (error) {
      this.#fail(task, 'failed', error)
    }
  }

  /**
   * Waits for the end. Returns whether the job is complete; else it was stopped, and no member is left in it.
   * @throws WORKER for the part of the member that failed
   */
  async end(): Promise<boolean> {
    if (!this.control.over) await this.control.ended()
    const { completed } = this.control
    if (completed) for (const seat of this.#asked.keys()) seat.withdraw()
    else while (![...this.#asked.keys()].every((seat) => seat.withdraw())) await sleep(SLOW_MS)
    this.#dissolved = true
    if (!completed && this.#failure !== null) throw this.#failure
    return completed
  }

  /** Whether every member that was asked had to leave, and none failed: the run can be done anew. */
  get deserted(): boolean {
    return !this.#accompanied && this.#asked.size === 0 && this.#failure === null
  }

  readonly #lost: Bereaved = (seat, how, error) => {
    const task = this.#asked.get(seat)
    if (task === undefined || this.#dissolved || this.control.completed) return
    this.#asked.delete(seat)
    if (how !== 'absent') this.#fail(task, how, error)
    else if (this.deserted) this.control.stop()
  }

  #fail({ member, members, layer }: AssemblyTask | RunTask, how: 'failed' | 'died', error: unknown): void {
    const cause = how === 'failed' && !(error instanceof Error) ? fromWire(error as WireError) : error
    const why = cause instanceof Error ? cause.message : String(cause)
    const shard = `shard ${member} of ${members} ${how}: ${why}`
    const message = how === 'died' ? `${shard}; the pool starts a new worker, the run can be tried again` : shard
    this.#failure ??= new WeftError('WORKER', message, { shard: member, shards: members, layer }, { cause })
    this.control.stop()
  }
}
