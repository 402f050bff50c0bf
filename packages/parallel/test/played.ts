// A dispatcher over workers that the test plays: they do what they are told, one step at a time.
import { Arena } from '../src/arena.ts'
import { Control } from '../src/control.ts'
import { Dispatcher, type Job } from '../src/dispatch.ts'
import { Mailbox } from '../src/mailbox.ts'
import type { Member } from '../src/member.ts'
import type { Ended, RunTask, Visit } from '../src/messages.ts'
import { Turns } from '../src/turns.ts'

/** A visit that was asked for through the pool. */
export interface Asked {
  readonly visit: Visit
  readonly mailbox: Mailbox
  end(ended: Ended): void
  die(error: Error): void
}

export const settled = () => new Promise((resolve) => setImmediate(resolve))
export const FAILED: Ended = { state: 'failed', error: { code: 'INTERNAL', message: 'bad luck', details: {} } }
export const dead = () => new Error('worker exited with code: 1')

/** `work` is what the calling thread does of a run that it works along in. */
export function played(threads: number, work: (task: RunTask, control: Control) => void = () => {}) {
  const arena = new Arena(2 ** 24)
  const words = new Int32Array(arena.memory.buffer)
  const pool: Asked[] = []
  const member = {
    work(task: RunTask, control: Control) {
      const { generation } = control
      work(task, control)
      return generation
    },
  } as unknown as Member
  const dispatcher = new Dispatcher(arena, threads, { member, turns: new Turns() }, (visit) => {
    return new Promise<Ended>((end, die) => pool.push({ visit, mailbox: new Mailbox(words, visit.mailbox), end, die }))
  })
  const controlOf = ({ control, members }: RunTask) => new Control(words, control, members)
  /** Does one shard of the phase that is open; the last of the job's only one completes it. */
  const oneShard = (run: RunTask) => {
    const control = controlOf(run)
    if (control.claim(run.member) !== null && control.finish()) control.complete()
  }
  return { arena, dispatcher, pool, controlOf, oneShard }
}

/** A run of one phase. */
export function runJob(layer: number, members: number, options: Partial<Job> & { shards?: number } = {}): Job {
  const { shards = members, ...rest } = options
  return {
    members,
    start: (seats, control) => ({
      lots: [shards],
      runs: seats.map((_, member) => ({ ...taskOf(control, member, members), layer })),
    }),
    ...rest,
  }
}

export function taskOf(control: number, member = 0, members = 1): RunTask {
  const where = { x: 128, y: 192, residual: 448, private: 256, own: 320, shared: 384 }
  return { layer: 7, member, members, control, ...where, alone: 0, items: 1, trace: 0, accompanied: 0 }
}
