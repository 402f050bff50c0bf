// The executor of the calling thread: steps one after another, for tests and for small networks.
import {
  type ChainProgramStep,
  type ConvProgramStep,
  chainGain,
  type Executor,
  fastestTier,
  LocalLayer,
  OP_STORAGE,
  type OpProgramStep,
  type OpStorage,
  type Place,
  type PreparedProgram,
  type Program,
  type ProgramConstant,
  type RunProgramOptions,
  sizeOf,
  TIERS,
  type TierName,
  WeftError,
  weightsOf,
} from '@weft/core'
import { wholeRun } from '../specialize/evaluate.ts'

export interface LocalExecutorOptions {
  /** By default the fastest that verifies. */
  readonly tier?: TierName
}

export function localExecutor({ tier }: LocalExecutorOptions = {}): Executor {
  return {
    concurrency: 1,
    chainGain: (chain) => chainGain(chain, TIERS[tier ?? fastestTier().tier].traits, 1),
    async prepareProgram(program, constants) {
      return new LocalProgram(program, constants, tier ?? fastestTier().tier)
    },
  }
}

class LocalProgram implements PreparedProgram {
  readonly #program: Program
  readonly #constants: readonly ProgramConstant[]
  readonly #memory: ArrayBuffer
  readonly #steps: readonly (() => void)[]

  constructor(program: Program, constants: readonly ProgramConstant[], tier: TierName) {
    this.#program = program
    this.#constants = constants
    try {
      this.#memory = new ArrayBuffer(program.bytes)
    } catch (cause) {
      throw new WeftError('MEMORY', `there is no room for the ${program.bytes} bytes of the network's values`, {}, { cause })
    }
    this.#steps = program.steps.map((step) => (step.kind === 'op' ? this.#op(step) : this.#layer(step, tier)))
  }

  async run(inputs: readonly OpStorage[], { signal, out = [] }: RunProgramOptions = {}): Promise<OpStorage[]> {
    this.#program.inputs.forEach(({ place }, i) => {
      if (place.where === 'memory') this.#at(place).set(inputs[i])
    })
    for (const step of this.#steps) {
      if (signal?.aborted) throw new WeftError('ABORTED', 'the run was cancelled', {}, { cause: signal.reason })
      step()
    }
    const { outputs } = this.#program
    const places = [...outputs.map(({ place }) => place), ...outputs.flatMap(({ count }) => count ?? [])]
    return places.map((place, i) => {
      const made = this.#at(place)
      out[i]?.set(made)
      return out[i] ?? made.slice()
    })
  }

  async dispose(): Promise<void> {}

  #at({ info, where, at }: Place): OpStorage {
    return where === 'constant' ? this.#constants[at].data : new OP_STORAGE[info.dtype](this.#memory, at, sizeOf(info.shape))
  }

  #op({ plan, inputs, outputs }: OpProgramStep): () => void {
    const run = wholeRun(plan)
    const [from, to] = [inputs.map((place) => place && this.#at(place)), outputs.map((place) => this.#at(place))]
    return () => run(from, to)
  }

  #layer(step: ConvProgramStep | ChainProgramStep, tier: TierName): () => void {
    const { x, y, residual, descriptor } = step
    const floats = (place: Place) => this.#at(place) as Float32Array
    const { weight, bias } = weightsOf(step, this.#constants)
    const layer = new LocalLayer(descriptor, weight, bias, { tier })
    const [from, to, addend] = [floats(x), floats(y), residual === null ? undefined : floats(residual)]
    return () => layer.run(from, to, addend)
  }
}
