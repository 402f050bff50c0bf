// The worker: comes to a seat with a task, and stays for the runs that are put into the mailbox there.
import { availableParallelism } from 'node:os'
import { workerData } from 'node:worker_threads'
import { plannedBy, toWire } from '@weft/core'
import { Control } from './control.ts'
import { Mailbox } from './mailbox.ts'
import { Member } from './member.ts'
import { type AssemblyTask, type DefineTask, type Ended, NOWHERE, type Visit, type WorkerData } from './messages.ts'
import { loadAddon } from './native/addon.ts'
import { type Region, warmRegion } from './regions.ts'
import { warmUp } from './warm.ts'

const { memory, addon, check } = workerData as WorkerData
const member = new Member(memory, addon === null ? null : loadAddon(addon), check)
const CORES = availableParallelism()
/** Milliseconds of looking for the next phase before sleeping, where every member has a core: to be woken takes longer than most phases. */
const LOOK_MS = 2
/**
 * Milliseconds of looking for the next run, of a caller that works along and of one that only waits: to be woken takes 0.1 ms and more,
 * but who waits needs a core to come back on.
 */
const [ALONG_MS, BACK_MS] = [0.5, 0.05]
const never = () => false

export default function visit({ mailbox, task }: Visit): Ended {
  if (mailbox === NOWHERE) return { state: 'ended' }
  const words = new Int32Array(memory.buffer)
  const seat = new Mailbox(words, mailbox)
  let control = task === null ? null : new Control(words, task.control, task.members)
  try {
    if (task !== null && control !== null) {
      assemble(task, control)
      seat.finish()
    }
    let run = seat.take(BACK_MS)
    while (run !== null) {
      if (!member.knows(run.layer)) return { state: 'strange' }
      control = new Control(words, run.control, run.members)
      const look = run.members <= CORES
      for (;;) {
        const generation = member.work(run, control, never)
        if (control.over) break
        control.wait(generation, look ? LOOK_MS : 0)
      }
      seat.finish()
      run = seat.take(look ? (run.accompanied > 0 ? ALONG_MS : BACK_MS) : 0)
    }
    return { state: 'ended' }
  } catch (error) {
    control?.stop()
    return { state: 'failed', error: toWire(error) }
  }
}

/** Does its part of what every worker does, and waits for the others. */
function assemble(task: AssemblyTask, control: Control): void {
  if (task.kind === 'define') define(task, control)
  if (control.finish()) control.complete()
  for (let { generation } = control; !control.over; { generation } = control) control.wait(generation, LOOK_MS)
}

function define({ member: index, layers, program, claims, warm }: DefineTask, control: Control): void {
  const known = layers.map((layer) => member.define(layer.id, layer))
  if (program !== null) member.defineProgram(program)
  const claim = () => (claims && !control.over ? control.claim(index) : null)
  for (let claimed = claim(); claimed !== null; claimed = claim()) {
    const number = layers.length - claimed.left
    const { plan, packed, weights, cold } = layers[number]
    if (weights !== null) {
      const weight = new Float32Array(memory.buffer, weights.at, weights.count)
      const bias = weights.biasCount === 0 ? null : new Float32Array(memory.buffer, weights.biasAt, weights.biasCount)
      plannedBy(plan.kernel).pack(plan, weight, bias, memory.buffer, packed)
    }
    if (cold) warmUp(plan, known[number].runner, { ...placed(warmRegion(plan), warm), packed }, () => control.over)
  }
}

function placed({ x, y, residual, shared, private: own }: Region, base: number) {
  return { x: base + x, y: base + y, residual: base + residual, shared: base + shared, private: base + own }
}
