// The worker: knows layers by number, runs its part of a job, meets the others between steps.
import { availableParallelism } from 'node:os'
import { workerData } from 'node:worker_threads'
import {
  type Binder,
  type Bindings,
  checkedCode,
  Instances,
  kernelNamed,
  type Plan,
  type Runner,
  runAlone,
  toWire,
} from '@weft/core'
import { Control } from './control.ts'
import { Mailbox } from './mailbox.ts'
import type { DefineTask, Ended, RunTask, Task, WorkerData } from './messages.ts'
import { loadAddon } from './native/addon.ts'
import { NativeBinder } from './native/code.ts'
import { warmUp } from './warm.ts'

interface Known {
  readonly plan: Plan
  readonly packed: number
  readonly shards: DefineTask['shards']
  readonly code: ReturnType<Binder['bind']>
  readonly itemBytes: { readonly x: number; readonly y: number }
  /** Views and runner of the memory as large as it was then. */
  buffer: ArrayBufferLike
  runner: Runner
}

const { memory, addon, check } = workerData as WorkerData
const binder: Binder = addon === null ? new Instances(memory) : new NativeBinder(loadAddon(addon))
const layers = new Map<number, Known>()
const CORES = availableParallelism()
const SHORT_MS = 0.1

/** The task, and the runs that come while the worker lingers after it. */
export default function perform(first: Task): Ended {
  const mailbox = new Mailbox(new Int32Array(memory.buffer), first.mailbox)
  mailbox.enter()
  for (let task: Task | null = first; task !== null; ) {
    const control = new Control(new Int32Array(memory.buffer), task.control)
    const begin = performance.now()
    try {
      mailbox.finish(attempt(task, control))
      const last = control.leave(task.members)
      // After a short run the thread that waits for it is not asleep yet: it goes on at once if the last worker gives it a core.
      task = mailbox.linger(!last || task.members < CORES || performance.now() - begin > SHORT_MS)
    } catch (error) {
      control.stop()
      return { state: 'failed', error: toWire(error) }
    }
  }
  return { state: 'ended' }
}

function attempt(task: Task, control: Control): boolean {
  if (task.kind === 'meet') return control.meet(task.members)
  return task.kind === 'define' ? define(task, control) : run(task, control)
}

function define(task: DefineTask, control: Control): boolean {
  const { plan, packed, weights, warm } = task
  const { batch, xShape, yShape } = plan.descriptor
  const kernel = kernelNamed(plan.kernel)
  const bound = binder.bind(task.code)
  const code = check ? checkedCode(bound, kernel.functions(plan), plan.traits, memory) : bound
  const itemBytes = { x: (4 * product(xShape)) / batch, y: (4 * product(yShape)) / batch }
  const known = {
    plan,
    packed,
    shards: task.shards,
    code,
    itemBytes,
    buffer: memory.buffer,
    runner: kernel.runner(plan, code, memory.buffer),
  }
  layers.set(task.layer, known)
  if (task.member === 0 && weights !== null) {
    const weight = new Float32Array(memory.buffer, weights.at, weights.count)
    const bias = weights.biasCount === 0 ? null : new Float32Array(memory.buffer, weights.biasAt, weights.biasCount)
    kernel.pack(plan, weight, bias, memory.buffer, packed)
  }
  if (task.member === 0 && warm !== null) warmUp(plan, known.runner, { ...warm, packed }, () => control.stopped)
  return control.meet(task.members)
}

function run(task: RunTask, control: Control): boolean {
  const layer = currentLayer(task.layer)
  const { plan, itemBytes } = layer
  const cancelled = () => control.stopped
  const bindings = (item: number, shared: number): Bindings => ({
    x: task.x + item * itemBytes.x,
    y: task.y + item * itemBytes.y,
    residual: task.residual + item * itemBytes.y,
    packed: layer.packed,
    shared,
    private: task.private,
  })
  for (let item = task.alone.begin; item < task.alone.end; item++) {
    const at = bindings(item, task.alone.shared)
    if (!runAlone(plan, layer.runner, at, cancelled)) return false
  }
  const { begin, end, shared } = task.together
  // The items together use memory that member 0 used alone.
  if (begin < end && begin > 0 && !control.meet(task.members)) return false
  for (let item = begin; item < end; item++) {
    const at = bindings(item, shared)
    for (let step = 0; step < plan.steps.length; step++) {
      const shards = layer.shards[step]
      for (let next = control.claim(); next < shards.length; next = control.claim()) {
        if (!layer.runner(step, shards[next].begin, shards[next].end, at, cancelled)) return false
      }
      const last = item === end - 1 && step === plan.steps.length - 1
      if (!last && !control.meet(task.members)) return false
    }
  }
  return true
}

/** The memory may have grown since the layer was last used; its old views end where it ended. */
function currentLayer(id: number): Known {
  const layer = layers.get(id)
  if (layer === undefined) throw new Error(`layer ${id} is not known to this worker`)
  if (layer.buffer.byteLength !== memory.buffer.byteLength) {
    layer.buffer = memory.buffer
    layer.runner = kernelNamed(layer.plan.kernel).runner(layer.plan, layer.code, memory.buffer)
  }
  return layer
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}
