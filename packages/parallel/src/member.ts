// A member of a gang: a thread that knows layers by number and works on the phases of a run.
import { type Binder, type Bindings, type Callable, checkedCode, Instances, kernelNamed, type Runner, runAlone } from '@weft/core'
import type { Control } from './control.ts'
import type { Definition, RunTask } from './messages.ts'
import type { Addon } from './native/addon.ts'
import { NativeBinder } from './native/code.ts'
import { Phases } from './phases.ts'

interface Known extends Definition {
  readonly bound: ReadonlyMap<string, Callable>
  readonly itemBytes: { readonly x: number; readonly y: number }
  /** Views and runner of the memory as large as it was then. */
  buffer: ArrayBufferLike
  runner: Runner
}

export class Member {
  readonly #memory: WebAssembly.Memory
  readonly #binder: Binder
  readonly #check: boolean
  readonly #layers = new Map<number, Known>()

  /** `addon` makes machine code callable; without it code is WebAssembly. */
  constructor(memory: WebAssembly.Memory, addon: Addon | null, check: boolean) {
    this.#memory = memory
    this.#binder = addon === null ? new Instances(memory) : new NativeBinder(addon)
    this.#check = check
  }

  /** Returns the layer's runner. */
  define(layer: number, { plan, code, shards, packed }: Definition): Runner {
    const { batch, xShape, yShape } = plan.descriptor
    const kernel = kernelNamed(plan.kernel)
    const callables = this.#binder.bind(code)
    const bound = this.#check ? checkedCode(callables, kernel.functions(plan), plan.traits, this.#memory) : callables
    const itemBytes = { x: (4 * product(xShape)) / batch, y: (4 * product(yShape)) / batch }
    const { buffer } = this.#memory
    const runner = kernel.runner(plan, bound, buffer)
    this.#layers.set(layer, { plan, code, shards, packed, bound, itemBytes, buffer, runner })
    return runner
  }

  knows(layer: number): boolean {
    return this.#layers.has(layer)
  }

  forget(layer: number): void {
    this.#layers.delete(layer)
  }

  /**
   * Claims and runs shards, until none is to be had or `enough`. Returns the generation that the gang was in then: when it has
   * moved on there may be more to do, or the job is over.
   */
  work(task: RunTask, control: Control, enough: () => boolean): number {
    const layer = this.#current(task.layer)
    const phases = new Phases(task, layer.shards)
    const cancelled = () => control.over
    for (;;) {
      const { generation } = control
      const left = control.claim()
      if (left <= 0) return generation
      const { phase } = control
      const shards = phases.shards(phase)
      if (!runShard(task, layer, phases.at(phase, shards - left), cancelled)) return generation
      if (control.finish(shards)) {
        if (phase + 1 === phases.count) control.complete()
        else control.open(phase + 1, phases.shards(phase + 1))
      }
      if (enough()) return generation
    }
  }

  /** The memory may have grown since the layer was last used; its old views end where it ended. */
  #current(id: number): Known {
    const layer = this.#layers.get(id) as Known
    const { buffer } = this.#memory
    if (layer.buffer.byteLength !== buffer.byteLength) {
      layer.buffer = buffer
      layer.runner = kernelNamed(layer.plan.kernel).runner(layer.plan, layer.bound, buffer)
    }
    return layer
  }
}

type Shard = ReturnType<Phases['at']>

function runShard(task: RunTask, layer: Known, { item, step, range }: Shard, cancelled: () => boolean): boolean {
  const at: Bindings = {
    x: task.x + item * layer.itemBytes.x,
    y: task.y + item * layer.itemBytes.y,
    residual: task.residual + item * layer.itemBytes.y,
    packed: layer.packed,
    shared: range === null ? task.own : task.shared,
    private: task.private,
  }
  if (range === null) return runAlone(layer.plan, layer.runner, at, cancelled)
  return layer.runner(step, range.begin, range.end, at, cancelled)
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}
