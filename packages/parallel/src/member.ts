// A member of a gang: a thread that knows layers and programs by number and works on the phases of a run.
import { type Binder, checkedCode, Instances, plannedBy } from '@weft/core'
import type { Control } from './control.ts'
import { KnownLayer } from './layer-work.ts'
import type { Definition, ProgramDefinition, RunTask } from './messages.ts'
import type { Addon } from './native/addon.ts'
import { NativeBinder } from './native/code.ts'
import { type BindCode, KnownProgram } from './program-work.ts'
import { Recorder } from './tape.ts'
import type { Work } from './work.ts'

export class Member {
  readonly #memory: WebAssembly.Memory
  readonly #binder: Binder
  readonly #check: boolean
  readonly #recorder: Recorder
  readonly #known = new Map<number, KnownLayer | KnownProgram>()
  /** The last run that it had a part in: it comes back to it at every phase. */
  #last: { readonly task: RunTask; readonly work: Work } | null = null

  /** `addon` makes machine code callable; without it code is WebAssembly. */
  constructor(memory: WebAssembly.Memory, addon: Addon | null, check: boolean) {
    this.#memory = memory
    this.#binder = addon === null ? new Instances(memory) : new NativeBinder(addon)
    this.#check = check
    this.#recorder = new Recorder(memory)
  }

  define(id: number, definition: Definition): KnownLayer {
    const { plan, code } = definition
    const bound = this.#bind(code, plannedBy(plan.kernel).functions(plan), plan.traits)
    const layer = new KnownLayer(definition, bound, this.#memory, this.#recorder)
    this.#known.set(id, layer)
    return layer
  }

  readonly #bind: BindCode = (code, functions, traits) => {
    const callables = this.#binder.bind(code)
    const called = this.#check ? checkedCode(callables, functions, traits, this.#memory) : callables
    return this.#recorder.watched(called, functions)
  }

  /** Without effect where one of its layers is not known: a worker that is new did not get all. */
  defineProgram(definition: ProgramDefinition): void {
    const layers = new Map<number, KnownLayer>()
    for (const step of definition.steps) {
      if (step.kind === 'op') continue
      const layer = this.#known.get(step.layer)
      if (!(layer instanceof KnownLayer)) return
      layers.set(step.layer, layer)
    }
    this.#known.set(definition.id, new KnownProgram(definition, layers, this.#memory, this.#bind, this.#recorder))
  }

  knows(id: number): boolean {
    return this.#known.has(id)
  }

  forget(id: number): void {
    this.#known.delete(id)
    if (this.#last?.task.layer === id) this.#last = null
  }

  /**
   * Claims and runs shards, until none is to be had or `enough`. Returns the generation that the gang was in then: when it has
   * moved on there may be more to do, or the job is over.
   */
  work(task: RunTask, control: Control, enough: () => boolean): number {
    const work = this.#workOf(task)
    const cancelled = () => control.over
    for (;;) {
      const { generation } = control
      let claim = control.claim(task.member)
      if (claim === null) return generation
      const { phase } = control
      let [done, leaves] = [0, false]
      // What it has done it says once: the word where it does is every member's.
      for (; claim !== null; claim = leaves ? null : control.claim(task.member)) {
        if (!work.run(phase, claim, cancelled)) return generation
        done++
        leaves = enough()
      }
      if (!control.finish(done)) return generation
      if (phase + 1 === work.phases) control.complete()
      else control.open(phase + 1, work.lots(phase + 1))
      if (leaves) return generation
    }
  }

  #workOf(task: RunTask): Work {
    if (this.#last?.task !== task) {
      const known = this.#known.get(task.layer) as KnownLayer | KnownProgram
      this.#last = { task, work: known.work(task) }
    }
    return this.#last.work
  }
}
