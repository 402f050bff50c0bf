// A layer as a thread knows it, and the thread's part in a run of it.
import { type Bindings, type Callable, plannedBy, type Range, type Runner, runAlone, type Staged, sizeOf } from '@weft/core'
import type { Claim } from './control.ts'
import type { Definition, RunTask } from './messages.ts'
import { Phases } from './phases.ts'
import type { Recorder } from './tape.ts'
import { Repeats } from './tapes.ts'
import type { Work } from './work.ts'

export class KnownLayer implements Definition {
  readonly plan: Definition['plan']
  readonly code: Definition['code']
  readonly shards: Definition['shards']
  readonly packed: number
  /** Bytes of an item. */
  readonly xBytes: number
  readonly yBytes: number
  readonly #bound: ReadonlyMap<string, Callable>
  readonly #memory: WebAssembly.Memory
  /** Of the memory as large as it was then. */
  #buffer: ArrayBufferLike
  #runner: Runner
  readonly #repeats: Repeats

  constructor(
    { plan, code, shards, packed }: Definition,
    bound: ReadonlyMap<string, Callable>,
    memory: WebAssembly.Memory,
    recorder: Recorder,
  ) {
    const { batch, xShape, yShape } = plan.descriptor
    this.plan = plan
    this.code = code
    this.shards = shards
    this.packed = packed
    this.xBytes = (4 * sizeOf(xShape)) / batch
    this.yBytes = (4 * sizeOf(yShape)) / batch
    this.#bound = bound
    this.#memory = memory
    this.#repeats = new Repeats(recorder)
    this.#buffer = memory.buffer
    this.#runner = plannedBy(plan.kernel).runner(plan, bound, this.#buffer)
  }

  /** The memory may have grown since the layer was last used; its old views end where it ended. */
  get runner(): Runner {
    const { buffer } = this.#memory
    if (this.#buffer.byteLength !== buffer.byteLength) {
      this.#buffer = buffer
      this.#runner = plannedBy(this.plan.kernel).runner(this.plan, this.#bound, buffer)
    }
    return this.#runner
  }

  work(task: RunTask): Work {
    this.#repeats.begin(task, this.#memory.buffer.byteLength)
    return new LayerWork(this, task, this.#repeats)
  }
}

class LayerWork implements Work {
  readonly #layer: KnownLayer
  readonly #task: RunTask
  readonly #phases: Phases
  readonly #runner: Runner
  readonly #repeats: Repeats

  constructor(layer: KnownLayer, task: RunTask, repeats: Repeats) {
    this.#repeats = repeats
    this.#layer = layer
    this.#task = task
    this.#phases = new Phases(task, layer.shards)
    this.#runner = layer.runner
  }

  get phases(): number {
    return this.#phases.count
  }

  lots(phase: number): readonly number[] {
    return this.#phases.lots(phase)
  }

  run(phase: number, claim: Claim, cancelled: () => boolean): boolean {
    const { item, step, range } = this.#phases.at(phase, claim)
    const work = (staged: Staged) => this.#perform(item, step, range, cancelled, staged)
    return this.#repeats.perform(phase, range === null ? item : range.begin, work, cancelled)
  }

  #perform(item: number, step: number, range: Range | null, cancelled: () => boolean, staged: Staged): boolean {
    const { plan, xBytes, yBytes, packed } = this.#layer
    const task = this.#task
    const at: Bindings = {
      x: task.x + item * xBytes,
      y: task.y + item * yBytes,
      residual: task.residual + item * yBytes,
      packed,
      shared: range === null ? task.own : task.shared,
      private: task.private,
      staged,
    }
    if (range === null) return runAlone(plan, this.#runner, at, cancelled)
    return this.#runner(step, range.begin, range.end, at, cancelled)
  }
}
