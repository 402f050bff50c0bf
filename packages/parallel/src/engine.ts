// The engine: opens the pool of workers, prepares and runs layers, closes.
import { availableParallelism } from 'node:os'
import {
  type ChainDescriptor,
  type ChosenTier,
  CodeCache,
  type ConvDescriptor,
  chainGain,
  checkWeights,
  describeChain,
  describeConv,
  describeConvTranspose,
  type FloatTensor,
  formatShape,
  joinWeights,
  type PreparedProgram,
  type Program,
  type ProgramConstant,
  type RunOperands,
  refusesChain,
  type Shape,
  select,
  selectChain,
  sizeOf,
  Tensor,
  TIERS,
  WeftError,
} from '@weft/core'
import { Arena } from './arena.ts'
import { Host } from './host.ts'
import { PreparedLayer } from './layer.ts'
import { Member } from './member.ts'
import { NOWHERE } from './messages.ts'
import { NativeCompiler } from './native/code.ts'
import { useHugePages } from './native/huge-pages.ts'
import { KeptCode } from './native/kept-code.ts'
import { isNative, type Native, native } from './native/native.ts'
import { type Pool, startPool } from './pool.ts'
import { EngineProgram } from './program.ts'
import { chooseTier, likelyNative } from './tier.ts'
import { type Tuned, type TuneLayer, type TuneOptions, tuneLayers } from './tuning/tune.ts'
import { Tuning } from './tuning/tuning.ts'
import type {
  Chains,
  ConvParams,
  ConvTransposeParams,
  Engine,
  EngineInfo,
  EngineOptions,
  Layer,
  PrepareOptions,
  RunOptions,
} from './types.ts'

const CHAINS: readonly Chains[] = ['auto', 'always', 'never']
const MOST_THREADS = 1024
const MOST_MEMORY = 2 ** 32
/** So many workers in a row may be lost at their start. */
const MOST_LOSSES = 10

/**
 * Opens an engine: worker threads over one shared memory.
 * @throws OPTION for a thread count that is none, TIER when the tier that is asked for does not verify here, MEMORY
 */
export async function open(options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? availableParallelism()
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new WeftError('OPTION', `threads is ${threads}; it must be a whole number from 1 to ${MOST_THREADS}`, { threads })
  }
  const maxMemory = options.maxMemory ?? MOST_MEMORY
  if (!(maxMemory >= 65536 && maxMemory <= MOST_MEMORY)) {
    throw new WeftError('OPTION', `maxMemory is ${maxMemory}; it must be from 65536 to ${MOST_MEMORY} bytes`, { maxMemory })
  }
  const { chains = 'auto' } = options
  if (!CHAINS.includes(chains)) throw new WeftError('OPTION', `chains '${chains}' is unknown; there are ${CHAINS.join(', ')}`)
  const check = options.check ?? !['', '0', undefined].includes(process.env.WEFT_CHECK)
  const arena = new Arena(maxMemory)
  const kept = KeptCode.open(options.codeFolder)
  // Workers start while the tier is tried, as those of the tier that is likely.
  const likely = likelyNative(options.tier, options.exclude, kept)?.path ?? null
  let pool = likely === null ? null : startPool(threads, { memory: arena.memory, addon: likely, check })
  try {
    const chosen = chooseTier(options.tier, options.exclude, kept)
    const tuning = await Tuning.open(options.tuning, threads, chosen.tier)
    if (!isNative(chosen.tier)) await pool?.destroy()
    if (pool === null || !isNative(chosen.tier))
      pool = startPool(threads, { memory: arena.memory, addon: nativeOf(chosen)?.path ?? null, check })
    const engine = new PiscinaEngine(threads, chosen, tuning, chains, arena, pool, check, kept)
    await engine.ready()
    return engine
  } catch (error) {
    await pool?.destroy()
    throw error
  }
}

/** A tier of machine code was verified, so the object is here. */
function nativeOf({ tier }: ChosenTier): Native | null {
  return isNative(tier) ? (native() as Native) : null
}

class PiscinaEngine implements Engine {
  readonly #pool: Pool
  readonly #host: Host
  readonly #chosen: ChosenTier
  readonly #tuning: Tuning
  readonly #chains: Chains
  readonly #code: NativeCompiler | null
  readonly #kept: KeptCode | null
  readonly #tensors = new Map<number, FloatTensor>()
  #closing: Promise<void> | undefined
  /** Workers that were lost before they were ready, since the last that was. */
  #losses = 0

  constructor(
    threads: number,
    chosen: ChosenTier,
    tuning: Tuning,
    chains: Chains,
    arena: Arena,
    pool: Pool,
    check: boolean,
    kept: KeptCode | null,
  ) {
    this.#chosen = chosen
    this.#tuning = tuning
    this.#chains = chains
    this.#pool = pool
    this.#kept = kept
    const here = nativeOf(chosen)
    this.#code = here === null ? null : new NativeCompiler(here.addon, TIERS[chosen.tier], arena.memory, kept)
    if (here !== null) useHugePages(here.addon, arena.memory, arena.most)
    const compiler = this.#code ?? new CodeCache(TIERS[chosen.tier], true)
    const member = new Member(arena.memory, here?.addon ?? null, check)
    this.#host = new Host(arena, threads, compiler, member, (visit) => this.#pool.run(visit))
    this.#pool.on('workerDestroy', () => {
      this.#host.generation++
      setImmediate(() => this.#heal())
    })
    // One may be lost already.
    setImmediate(() => this.#heal())
  }

  /** Waits until every worker answers. */
  async ready(): Promise<void> {
    const { dispatcher, threads } = this.#host
    await dispatcher.submit({
      members: threads,
      start: (seats, control) => ({
        shards: 0,
        assembly: seats.map((_, member) => ({ kind: 'meet', layer: -1, member, members: threads, control })),
      }),
    })
  }

  /**
   * Piscina starts no worker for one that was lost before it was ready, unless it is given a task. Where workers do not start at
   * all, whoever waits for them hears of it, and the engine is closed.
   */
  #heal(): void {
    if (this.#host.closed || this.#pool.threads.length >= this.#host.threads) return
    if (++this.#losses > MOST_LOSSES) {
      this.#host.closed = true
      void this.#pool.destroy()
      return
    }
    this.#pool.run({ mailbox: NOWHERE, task: null }).then(
      () => {
        this.#losses = 0
      },
      // A worker that is lost again is healed again.
      () => {},
    )
  }

  get info(): EngineInfo {
    const { threads, arena } = this.#host
    const { layers, why } = this.#tuning
    return {
      threads,
      tier: this.#chosen.tier,
      why: this.#chosen.why,
      tuning: { layers, why },
      memory: { used: arena.used, size: arena.size },
    }
  }

  async prepare(params: ConvParams & RunOperands, x: Shape, options: PrepareOptions = {}): Promise<Layer> {
    this.#host.checkOpen()
    const { weight, bias } = params
    return this.#prepare(describeConv(x, weight.shape, hasTensor(bias), params), weight, bias ?? null, options)
  }

  async prepareTranspose(params: ConvTransposeParams & RunOperands, x: Shape, options: PrepareOptions = {}): Promise<Layer> {
    this.#host.checkOpen()
    const { weight, bias } = params
    return this.#prepare(describeConvTranspose(x, weight.shape, hasTensor(bias), params), weight, bias ?? null, options)
  }

  async prepareChain(convs: readonly (ConvParams & RunOperands)[], x: Shape): Promise<Layer<ChainDescriptor>> {
    this.#host.checkOpen()
    const descriptors: ConvDescriptor[] = []
    for (const params of convs) {
      descriptors.push(describeConv(descriptors.at(-1)?.yShape ?? x, params.weight.shape, hasTensor(params.bias), params))
    }
    const weights = convs.map(({ weight, bias }, i) => checkWeights(weight, bias ?? null, descriptors[i].oc))
    const chain = describeChain(descriptors)
    const selected = selectChain(chain, TIERS[this.#chosen.tier].traits, this.#host.threads)
    const { weight, bias } = joinWeights(chain, weights)
    return PreparedLayer.prepare(this.#host, selected, weight, bias)
  }

  #prepare(d: ConvDescriptor, weight: Tensor, bias: Tensor | null, { kernel }: PrepareOptions): Promise<Layer> {
    const checked = checkWeights(weight, bias, d.oc)
    const chosen = kernel ?? this.#tuning.kernelFor(d)
    const selected = select(d, TIERS[this.#chosen.tier].traits, chosen, this.#host.threads)
    return PreparedLayer.prepare(this.#host, selected, checked.weight, checked.bias)
  }

  async tune(layers: readonly TuneLayer[], options: TuneOptions = {}): Promise<Tuned[]> {
    this.#host.checkOpen()
    return tuneLayers(this, this.#tuning, layers, options)
  }

  async conv(x: Tensor, params: ConvParams & RunOptions): Promise<FloatTensor> {
    return once(await this.prepare({ ...params, residual: hasTensor(params.residual) }, x.shape), x, params)
  }

  async convTranspose(x: Tensor, params: ConvTransposeParams & RunOptions): Promise<FloatTensor> {
    return once(await this.prepareTranspose({ ...params, residual: hasTensor(params.residual) }, x.shape), x, params)
  }

  get concurrency(): number {
    return this.#host.threads
  }

  chainGain(chain: ChainDescriptor): number {
    if (this.#chains === 'never') return 0
    const { traits } = TIERS[this.#chosen.tier]
    if (this.#chains === 'always') return refusesChain(chain, traits) === null ? Number.POSITIVE_INFINITY : 0
    return chainGain(chain, traits, this.#host.threads)
  }

  async prepareProgram(program: Program, constants: readonly ProgramConstant[]): Promise<PreparedProgram> {
    this.#host.checkOpen()
    return EngineProgram.prepare(this.#host, this.#chosen.tier, program, constants, (d) => this.#tuning.kernelFor(d))
  }

  tensor(shape: Shape): FloatTensor {
    this.#host.checkOpen()
    const size = sizeOf(shape)
    const at = this.#host.arena.allocate(4 * size)
    const tensor = new Tensor(this.#host.arena.floats(at, size).fill(0), shape)
    this.#tensors.set(at, tensor)
    return tensor
  }

  release(tensor: FloatTensor): void {
    const at = tensor.data.byteOffset
    if (this.#tensors.get(at)?.data !== tensor.data) {
      throw new WeftError(
        'OPTION',
        `a tensor of ${formatShape(tensor.shape)} is not one of this engine's, or was released before`,
      )
    }
    this.#tensors.delete(at)
    this.#host.arena.free(at)
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    this.#host.closed = true
    await Promise.allSettled(this.#host.runs)
    await this.#host.dispatcher.idle()
    await this.#host.dispatcher.clear()
    await this.#pool.destroy()
    this.#code?.close()
    this.#kept?.save()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

async function once(layer: Layer, x: Tensor, options: RunOptions): Promise<FloatTensor> {
  try {
    return await layer.run(x, options)
  } finally {
    await layer.close()
  }
}

function hasTensor(operand: Tensor | null | undefined): boolean {
  return operand !== null && operand !== undefined
}
