// A program as a thread knows it, and the thread's part in a run of it.
import {
  type Bindings,
  type Callable,
  type Code,
  type KernelFunction,
  type MachineTraits,
  OP_STORAGE,
  type OpStorage,
  opNamed,
  type Range,
  type Staged,
  sizeOf,
} from '@weft/core'
import type { Claim } from './control.ts'
import type { KnownLayer } from './layer-work.ts'
import type { DefinedStep, Operand, ProgramDefinition, ProgramPhase, RunTask } from './messages.ts'
import { now, Spans } from './spans.ts'
import type { Recorder } from './tape.ts'
import { Repeats } from './tapes.ts'
import type { Work } from './work.ts'

type Cancelled = () => boolean
type OpStep = Extract<DefinedStep, { kind: 'op' }>
/** Makes code callable in this thread. */
export type BindCode = (code: Code, functions: readonly KernelFunction[], traits: MachineTraits) => ReadonlyMap<string, Callable>
/** Units of a step of the program; of a convolution, of a step of one of its items. */
type Part = (item: number, part: number, range: Range, cancelled: Cancelled, staged: Staged) => boolean

export class KnownProgram {
  readonly definition: ProgramDefinition
  readonly #layers: ReadonlyMap<number, KnownLayer>
  readonly #memory: WebAssembly.Memory
  readonly #bindCode: BindCode
  /** Bound to the places of the last run. */
  #steps: readonly Part[] = []
  readonly #repeats: Repeats
  #spans: { readonly trace: number; readonly member: number; readonly spans: Spans } | null = null

  /** @param layers the program's, by their numbers */
  constructor(
    definition: ProgramDefinition,
    layers: ReadonlyMap<number, KnownLayer>,
    memory: WebAssembly.Memory,
    bindCode: BindCode,
    recorder: Recorder,
  ) {
    this.#repeats = new Repeats(recorder)
    this.#bindCode = bindCode
    this.definition = definition
    this.#layers = layers
    this.#memory = memory
  }

  work(task: RunTask): Work {
    const { buffer } = this.#memory
    if (this.#repeats.begin(task, buffer.byteLength)) {
      this.#steps = this.definition.steps.map((step) => this.#bind(step, task, buffer))
    }
    const spans = task.trace === 0 ? null : this.#spansOf(task, buffer)
    return task.alone > 0
      ? new AloneWork(this.definition.phases, this.#steps, this.#repeats, spans)
      : new SharedWork(this.definition.phases, this.#steps, this.#repeats, spans)
  }

  /** Kept: a member asks for its work anew at every phase. */
  #spansOf({ trace, member }: RunTask, buffer: ArrayBufferLike): Spans {
    if (this.#spans?.trace !== trace || this.#spans.member !== member)
      this.#spans = { trace, member, spans: new Spans(buffer, trace, this.definition.phases, member) }
    return this.#spans.spans
  }

  #bind(step: DefinedStep, task: RunTask, buffer: ArrayBufferLike): Part {
    const base = { arena: 0, memory: task.x, input: task.y }
    const offset = (operand: Operand) => base[operand.of] + operand.at
    if (step.kind === 'op') return this.#bindOp(step, offset, task.private, buffer)
    const layer = this.#layers.get(step.layer) as KnownLayer
    const [x, y, residual] = [offset(step.x), offset(step.y), step.residual === null ? 0 : offset(step.residual)]
    const { runner, packed, xBytes, yBytes } = layer
    return (item, part, { begin, end }, cancelled, staged) => {
      const at: Bindings = {
        x: x + item * xBytes,
        y: y + item * yBytes,
        residual: residual + item * yBytes,
        packed,
        shared: task.shared,
        private: task.private,
        staged,
      }
      return runner(part, begin, end, at, cancelled)
    }
  }

  #bindOp(
    { plan, vector, inputs, outputs }: OpStep,
    offset: (operand: Operand) => number,
    own: number,
    buffer: ArrayBufferLike,
  ): Part {
    const op = opNamed(plan.op)
    const path = vector && op.vector?.(plan, vector.traits)
    if (path) {
      const run = path.runner(this.#bindCode(vector.code, path.functions, vector.traits), buffer)
      const at = {
        inputs: inputs.map((input) => (input === null ? 0 : offset(input))),
        outputs: outputs.map(offset),
        private: own,
      }
      return (_item, _part, { begin, end }, cancelled) => run(begin, end, at, cancelled)
    }
    const view = (operand: Operand): OpStorage => {
      const { dtype, shape } = operand.info
      return new OP_STORAGE[dtype](buffer as ArrayBuffer, offset(operand), sizeOf(shape))
    }
    const [from, to] = [inputs.map((input) => input && view(input)), outputs.map(view)]
    return (_item, _part, { begin, end }, cancelled) => {
      if (cancelled()) return false
      op.run(plan, from, to, begin, end)
      return true
    }
  }
}

/** All members together: a phase after the other. */
class SharedWork implements Work {
  readonly #phases: readonly ProgramPhase[]
  readonly #steps: readonly Part[]
  readonly #repeats: Repeats
  readonly #spans: Spans | null

  constructor(phases: readonly ProgramPhase[], steps: readonly Part[], repeats: Repeats, spans: Spans | null) {
    this.#phases = phases
    this.#steps = steps
    this.#repeats = repeats
    this.#spans = spans
  }

  get phases(): number {
    return this.#phases.length
  }

  lots(phase: number): readonly number[] {
    return this.#phases[phase].shards.map(({ length }) => length)
  }

  run(phase: number, { lot, left }: Claim, cancelled: Cancelled): boolean {
    const ranges = this.#phases[phase].shards[lot]
    return this.#perform(phase, lot, ranges.length - left, ranges[ranges.length - left], cancelled)
  }

  /** A phase whole. */
  runAll(phase: number, cancelled: Cancelled): boolean {
    const ranges = this.#phases[phase].shards.flat()
    return this.#perform(phase, 0, 0, { begin: 0, end: ranges[ranges.length - 1].end }, cancelled)
  }

  #perform(phase: number, lot: number, shard: number, range: Range, cancelled: Cancelled): boolean {
    const { step, item, part } = this.#phases[phase]
    const began = this.#spans === null ? 0 : now()
    const work = (staged: Staged) => this.#steps[step](item, part, range, cancelled, staged)
    const done = this.#repeats.perform(phase, range.begin, work, cancelled)
    this.#spans?.note(phase, lot, shard, began)
    return done
  }
}

/** One member from the first phase to the last. */
class AloneWork implements Work {
  readonly phases = 1
  readonly #whole: SharedWork

  constructor(phases: readonly ProgramPhase[], steps: readonly Part[], repeats: Repeats, spans: Spans | null) {
    this.#whole = new SharedWork(phases, steps, repeats, spans)
  }

  lots(): readonly number[] {
    return [1]
  }

  run(_phase: number, _claim: Claim, cancelled: Cancelled): boolean {
    for (let phase = 0; phase < this.#whole.phases; phase++) {
      if (!this.#whole.runAll(phase, cancelled)) return false
    }
    return true
  }
}
