// A program as a thread knows it, and the thread's part in a run of it.
import {
  type Bindings,
  type Callable,
  type Code,
  type KernelFunction,
  type MachineTraits,
  nextStint,
  OP_STORAGE,
  type OpStorage,
  opNamed,
  type Range,
  sizeOf,
} from '@weft/core'
import type { Claim } from './control.ts'
import type { KnownLayer } from './layer-work.ts'
import type { DefinedStep, Operand, ProgramDefinition, ProgramPhase, RunTask } from './messages.ts'
import { now, Spans } from './spans.ts'
import type { Recorder } from './tape.ts'
import { Repeats, type Tapes } from './tapes.ts'
import type { Work } from './work.ts'

type Cancelled = () => boolean
type OpStep = Extract<DefinedStep, { kind: 'op' }>
/** Makes code callable in this thread. */
export type BindCode = (code: Code, functions: readonly KernelFunction[], traits: MachineTraits) => ReadonlyMap<string, Callable>
interface Step {
  /** Units of a step of the program; of a convolution, of a step of one of its items. What it finds staged is of `stint`. */
  part(item: number, part: number, range: Range, cancelled: Cancelled, stint: () => number): boolean
  /** Whether it does all it does by calling emitted code. */
  readonly emitted: boolean
}

export class KnownProgram {
  readonly definition: ProgramDefinition
  readonly #layers: ReadonlyMap<number, KnownLayer>
  readonly #memory: WebAssembly.Memory
  readonly #bindCode: BindCode
  #steps: readonly Step[] = []
  readonly #repeats: Repeats
  #spans: { readonly trace: number; readonly member: number; readonly spans: Spans } | null = null
  /** What the steps were bound to. */
  #bound = { bytes: 0, memory: -1, own: -1, shared: -1 }

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
    const { bytes, memory, own, shared } = this.#bound
    if (bytes !== buffer.byteLength || memory !== task.x || own !== task.private || shared !== task.shared) {
      this.#bound = { bytes: buffer.byteLength, memory: task.x, own: task.private, shared: task.shared }
      this.#steps = this.definition.steps.map((step) => this.#bind(step, task, buffer))
    }
    const tapes = this.#repeats.of(task, buffer.byteLength)
    const spans = task.trace === 0 ? null : this.#spansOf(task, buffer)
    return task.alone > 0
      ? new AloneWork(this.definition.phases, this.#steps, tapes, spans)
      : new SharedWork(this.definition.phases, this.#steps, tapes, spans)
  }

  /** Kept: a member asks for its work anew at every phase. */
  #spansOf({ trace, member }: RunTask, buffer: ArrayBufferLike): Spans {
    if (this.#spans?.trace !== trace || this.#spans.member !== member)
      this.#spans = { trace, member, spans: new Spans(buffer, trace, this.definition.phases, member) }
    return this.#spans.spans
  }

  #bind(step: DefinedStep, task: RunTask, buffer: ArrayBufferLike): Step {
    const offset = ({ at, fixed }: Operand) => (fixed ? at : task.x + at)
    if (step.kind === 'op') return this.#bindOp(step, offset, task.private, buffer)
    const layer = this.#layers.get(step.layer) as KnownLayer
    const [x, y, residual] = [offset(step.x), offset(step.y), step.residual === null ? 0 : offset(step.residual)]
    const { runner, packed, xBytes, yBytes } = layer
    const run: Step['part'] = (item, part, { begin, end }, cancelled, stint) => {
      const at: Bindings = {
        x: x + item * xBytes,
        y: y + item * yBytes,
        residual: residual + item * yBytes,
        packed,
        shared: task.shared,
        private: task.private,
        get stint() {
          return stint()
        },
      }
      return runner(part, begin, end, at, cancelled)
    }
    return { part: run, emitted: layer.emitted }
  }

  #bindOp(
    { plan, vector, inputs, outputs }: OpStep,
    offset: (operand: Operand) => number,
    own: number,
    buffer: ArrayBufferLike,
  ): Step {
    const op = opNamed(plan.op)
    const path = vector && op.vector?.(plan, vector.traits)
    if (path) {
      const run = path.runner(this.#bindCode(vector.code, path.functions, vector.traits), buffer)
      const at = {
        inputs: inputs.map((input) => (input === null ? 0 : offset(input))),
        outputs: outputs.map(offset),
        private: own,
      }
      return { part: (_item, _part, { begin, end }, cancelled) => run(begin, end, at, cancelled), emitted: true }
    }
    const view = (operand: Operand): OpStorage => {
      const { dtype, shape } = operand.info
      return new OP_STORAGE[dtype](buffer as ArrayBuffer, offset(operand), sizeOf(shape))
    }
    const [from, to] = [inputs.map((input) => input && view(input)), outputs.map(view)]
    const part: Step['part'] = (_item, _part, { begin, end }, cancelled) => {
      if (cancelled()) return false
      op.run(plan, from, to, begin, end)
      return true
    }
    return { part, emitted: false }
  }
}

/** All members together: a phase after the other. */
class SharedWork implements Work {
  readonly #phases: readonly ProgramPhase[]
  readonly #steps: readonly Step[]
  readonly #tapes: Tapes | null
  readonly #spans: Spans | null
  readonly #stint = nextStint()

  constructor(phases: readonly ProgramPhase[], steps: readonly Step[], tapes: Tapes | null, spans: Spans | null) {
    this.#phases = phases
    this.#steps = steps
    this.#tapes = tapes
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
    const range = ranges[ranges.length - left]
    return this.#perform(phase, lot, ranges.length - left, range, 2 * range.begin, cancelled)
  }

  /** A phase whole. */
  runAll(phase: number, cancelled: Cancelled): boolean {
    const ranges = this.#phases[phase].shards.flat()
    return this.#perform(phase, 0, 0, { begin: 0, end: ranges[ranges.length - 1].end }, 1, cancelled)
  }

  /** @param number that these units have alone in their phase */
  #perform(phase: number, lot: number, shard: number, range: Range, number: number, cancelled: Cancelled): boolean {
    const { step, item, part } = this.#phases[phase]
    const began = this.#spans === null ? 0 : now()
    const { part: perform, emitted } = this.#steps[step]
    const work = (stint: () => number) => perform(item, part, range, cancelled, stint)
    const tapes = emitted ? this.#tapes : null
    const done = tapes === null ? work(() => this.#stint) : tapes.perform(phase, number, work, cancelled)
    this.#spans?.note(phase, lot, shard, began)
    return done
  }
}

/** One member from the first phase to the last. */
class AloneWork implements Work {
  readonly phases = 1
  readonly #whole: SharedWork

  constructor(phases: readonly ProgramPhase[], steps: readonly Step[], tapes: Tapes | null, spans: Spans | null) {
    this.#whole = new SharedWork(phases, steps, tapes, spans)
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
