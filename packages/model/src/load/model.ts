// load: a file to a Model, and the runs of one.
import {
  type Executor,
  type OpStorage,
  type PreparedProgram,
  type Program,
  type RunProgramOptions,
  type Shape,
  WeftError,
} from '@weft/core'
import type { Graph, Port } from '../graph/graph.ts'
import { optimize, type PassReport } from '../passes/passes.ts'
import { type InputShape, type Specialized, type SpecializeOptions, specialize } from '../specialize/specialize.ts'
import { Cache } from './cache.ts'
import { checkOperators } from './missing.ts'
import { inputsBehind } from './shaping.ts'
import { readSource } from './source.ts'
import { leaveFile } from './survivors.ts'
import { inputStorages, type ModelValues, outputStorages, outputValues } from './value.ts'

/** Programs for different shapes that are kept ready. */
const MOST_PROGRAMS = 8

/**
 * Reads a network and makes it ready for runs.
 * @param source a path, or the bytes of a file that needs no files beside it
 * @throws NOT_FOUND, IO, FORMAT for a damaged file, MODEL for what weft cannot do (all missing operators at once), TOO_LARGE
 */
export async function load(executor: Executor, source: string | Uint8Array): Promise<Model> {
  return (await readModel(source)).on(executor)
}

/** A network that was read and found sound, not yet on an executor. */
export interface ModelFile {
  /** For messages: the file's name. */
  readonly name: string
  /** SHA-256 of all that it was read from, hexadecimal. */
  readonly digest: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly passes: readonly PassReport[]
  /** The program for inputs of these shapes; numbers only of those inputs that say shapes. @throws SHAPE, MODEL */
  program(inputs: Readonly<Record<string, InputShape>>, options?: SpecializeOptions): Program
  /** The network on an executor: an engine, say. */
  on(executor: Executor): Model
}

/** Reads a network: what `load` does before it needs an executor. @throws as `load` */
export async function readModel(source: string | Uint8Array): Promise<ModelFile> {
  const { graph, name, digest } = await readSource(source)
  checkOperators(graph, name)
  const passes = optimize(graph)
  leaveFile(graph.constants)
  const { inputs, outputs } = graph
  return Object.freeze({
    name,
    digest,
    inputs,
    outputs,
    passes,
    program: (shapes, options) => specialize(graph, shapes, options).program,
    on: (executor) => new Model(executor, graph, passes),
  } satisfies ModelFile)
}

interface Ready {
  readonly program: Program
  readonly prepared: PreparedProgram
  dispose(): Promise<void>
}

export interface RunModelOptions extends Omit<RunProgramOptions, 'out'> {
  /**
   * Values that outputs are written to, by their names, and that are given back: of the output's type, not int64, and shape. Where outputs are large
   * that is faster: new memory for each run is cleared, and soon collected again.
   */
  readonly out?: ModelValues | undefined
}

/** A network, ready to run on inputs of any shapes that it takes. */
export class Model implements AsyncDisposable {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** What each pass over the graph did. */
  readonly passes: readonly PassReport[]
  readonly #executor: Executor
  readonly #graph: Graph
  readonly #programs = new Cache<Ready>(MOST_PROGRAMS)
  /** Inputs whose numbers say shapes: a program holds for one set of them. */
  readonly #shaping = new Set<string>()
  #closed = false

  constructor(executor: Executor, graph: Graph, passes: readonly PassReport[]) {
    this.#executor = executor
    this.#graph = graph
    this.inputs = graph.inputs
    this.outputs = graph.outputs
    this.passes = passes
  }

  /**
   * @param values by the names of the inputs; a Tensor, or int64 in a BigInt64Array
   * @returns by the names of the outputs, in memory of their own, but for those in `out`
   * @throws SHAPE, DTYPE for what the network does not take, or does not give where `out` says so, MODEL, MEMORY, ABORTED, CLOSED
   */
  async run(values: ModelValues, { out = {}, ...options }: RunModelOptions = {}): Promise<ModelValues> {
    if (this.#closed) throw new WeftError('CLOSED', 'the model was closed')
    const inputs = inputStorages(this.inputs, values)
    const { key, specialized } = this.#specialize(inputs, (name) => values[name].shape)
    const ready = await this.#programs.use(
      key,
      async () => this.#prepare(specialized as Specialized),
      async ({ program, prepared }) => ({
        program,
        results: await prepared.run(inputs, { ...options, out: outputStorages(program, out) }),
      }),
    )
    return outputValues(ready.program, ready.results, out)
  }

  /**
   * The outputs of many items, in their order: an item a core, a few items taken ahead. When one fails, or the caller stops, no
   * more are taken. A failure, of the source too, is thrown in its turn: once the outputs of the items before it were given.
   */
  async *stream(
    items: Iterable<ModelValues> | AsyncIterable<ModelValues>,
    options: Omit<RunModelOptions, 'out'> = {},
  ): AsyncGenerator<ModelValues> {
    const running: Promise<ModelValues>[] = []
    const begin = (run: Promise<ModelValues>) => {
      run.catch(() => {})
      running.push(run)
    }
    let giving = false
    try {
      try {
        for await (const item of items) {
          begin(this.run(item, { parallel: 'items', ...options }))
          if (running.length <= this.#executor.concurrency) continue
          giving = true
          yield await (running.shift() as Promise<ModelValues>)
          giving = false
        }
      } catch (failure) {
        if (giving) throw failure
        begin(Promise.reject(failure))
      }
      while (running.length > 0) yield await (running.shift() as Promise<ModelValues>)
    } finally {
      await Promise.allSettled(running)
    }
  }

  /** The program's key and, where none is kept under it, the program. */
  #specialize(inputs: readonly OpStorage[], shapeOf: (name: string) => Shape): { key: string; specialized: Specialized | null } {
    for (;;) {
      const key = this.#keyOf(inputs, shapeOf)
      if (this.#programs.has(key)) return { key, specialized: null }
      const shapes = Object.fromEntries(
        this.inputs.map(({ name }, i) => [
          name,
          { shape: shapeOf(name), ...(this.#shaping.has(name) ? { data: inputs[i].slice() } : {}) },
        ]),
      )
      try {
        return {
          key,
          specialized: specialize(this.#graph, shapes, { chainGain: (chain) => this.#executor.chainGain?.(chain) ?? 0 }),
        }
      } catch (error) {
        if (!this.#learn(error)) throw error
      }
    }
  }

  /** Shapes, and numbers of inputs that say shapes: short, since every run asks for it. */
  #keyOf(inputs: readonly OpStorage[], shapeOf: (name: string) => Shape): string {
    return this.inputs.map(({ name }, i) => `${shapeOf(name)}${this.#shaping.has(name) ? `=${inputs[i]}` : ''}`).join(';')
  }

  /** Takes note of inputs behind a value that must be known. False where there are no new ones. */
  #learn(error: unknown): boolean {
    const value = error instanceof WeftError && error.code === 'MODEL' ? error.details.value : undefined
    if (typeof value !== 'string') return false
    const fresh = inputsBehind(this.#graph, value).filter((name) => !this.#shaping.has(name))
    for (const name of fresh) this.#shaping.add(name)
    return fresh.length > 0
  }

  async #prepare({ program, constants }: Specialized): Promise<Ready> {
    const prepared = await this.#executor.prepareProgram(program, constants)
    return { program, prepared, dispose: () => prepared.dispose() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#programs.clear()
  }
}
