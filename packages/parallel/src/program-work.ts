// A program as a thread knows it, and the thread's part in a run of it.
import { type Bindings, OP_STORAGE, type OpStorage, opNamed, type Range, sizeOf } from '@weft/core'
import type { KnownLayer } from './layer-work.ts'
import type { DefinedStep, Operand, ProgramDefinition, ProgramPhase, RunTask } from './messages.ts'
import { now, Spans } from './spans.ts'
import type { Work } from './work.ts'

type Cancelled = () => boolean
/** Units of a step of the program; of a convolution, of a step of one of its items. */
type Part = (item: number, part: number, range: Range, cancelled: Cancelled) => boolean

export class KnownProgram {
  readonly definition: ProgramDefinition
  readonly #layers: ReadonlyMap<number, KnownLayer>
  readonly #memory: WebAssembly.Memory
  #steps: readonly Part[] = []
  /** What the steps were bound to. */
  #bound = { bytes: 0, memory: -1, own: -1, shared: -1 }

  /** @param layers the program's, by their numbers */
  constructor(definition: ProgramDefinition, layers: ReadonlyMap<number, KnownLayer>, memory: WebAssembly.Memory) {
    this.definition = definition
    this.#layers = layers
    this.#memory = memory
  }

  work(task: RunTask): Work {
    const { buffer } = this.#memory
    const { bytes, memory, own, shared } = this.#bound
    if (bytes !== buffer.byteLength || memory !== task.x || own !== task.private || shared !== task.shared) {
      this.#bound = { bytes: buffer.byteLength, memory: task.x, own: task.private, shared: task.shared }
      this.#steps = this.definition.steps.map((step) => this.#bind(step, task, buffer))
    }
    const spans = task.trace === 0 ? null : new Spans(buffer, task.trace, this.definition.phases, task.member)
    return task.alone > 0
      ? new AloneWork(this.definition.phases, this.#steps, spans)
      : new SharedWork(this.definition.phases, this.#steps, spans)
  }

  #bind(step: DefinedStep, task: RunTask, buffer: ArrayBufferLike): Part {
    const offset = ({ at, fixed }: Operand) => (fixed ? at : task.x + at)
    if (step.kind === 'op') {
      const view = (operand: Operand): OpStorage => {
        const { dtype, shape } = operand.info
        return new OP_STORAGE[dtype](buffer as ArrayBuffer, offset(operand), sizeOf(shape))
      }
      const op = opNamed(step.plan.op)
      const [inputs, outputs] = [step.inputs.map((input) => input && view(input)), step.outputs.map(view)]
      return (_item, _part, { begin, end }, cancelled) => {
        if (cancelled()) return false
        op.run(step.plan, inputs, outputs, begin, end)
        return true
      }
    }
    const layer = this.#layers.get(step.layer) as KnownLayer
    const [x, y, residual] = [offset(step.x), offset(step.y), step.residual === null ? 0 : offset(step.residual)]
    const { runner, packed, xBytes, yBytes } = layer
    return (item, part, { begin, end }, cancelled) => {
      const at: Bindings = {
        x: x + item * xBytes,
        y: y + item * yBytes,
        residual: residual + item * yBytes,
        packed,
        shared: task.shared,
        private: task.private,
      }
      return runner(part, begin, end, at, cancelled)
    }
  }
}

/** All members together: a phase after the other. */
class SharedWork implements Work {
  readonly #phases: readonly ProgramPhase[]
  readonly #steps: readonly Part[]
  readonly #spans: Spans | null

  constructor(phases: readonly ProgramPhase[], steps: readonly Part[], spans: Spans | null) {
    this.#phases = phases
    this.#steps = steps
    this.#spans = spans
  }

  get phases(): number {
    return this.#phases.length
  }

  shards(phase: number): number {
    return this.#phases[phase].shards.length
  }

  run(phase: number, shard: number, cancelled: Cancelled): boolean {
    return this.#perform(phase, shard, this.#phases[phase].shards[shard], cancelled)
  }

  /** A phase whole. */
  runAll(phase: number, cancelled: Cancelled): boolean {
    const { shards } = this.#phases[phase]
    return this.#perform(phase, 0, { begin: shards[0].begin, end: shards[shards.length - 1].end }, cancelled)
  }

  #perform(phase: number, shard: number, range: Range, cancelled: Cancelled): boolean {
    const { step, item, part } = this.#phases[phase]
    const began = this.#spans === null ? 0 : now()
    const done = this.#steps[step](item, part, range, cancelled)
    this.#spans?.note(phase, shard, began)
    return done
  }
}

/** One member from the first phase to the last. */
class AloneWork implements Work {
  readonly phases = 1
  readonly #whole: SharedWork

  constructor(phases: readonly ProgramPhase[], steps: readonly Part[], spans: Spans | null) {
    this.#whole = new SharedWork(phases, steps, spans)
  }

  shards(): number {
    return 1
  }

  run(_phase: number, _shard: number, cancelled: Cancelled): boolean {
    for (let phase = 0; phase < this.#whole.phases; phase++) {
      if (!this.#whole.runAll(phase, cancelled)) return false
    }
    return true
  }
}
