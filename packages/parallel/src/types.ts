// What callers of the engine see: its options, the engine, a prepared layer.
import type {
  ChainDescriptor,
  ConvDescriptor,
  ConvOptions,
  ConvTransposeOptions,
  Executor,
  FloatTensor,
  Operation,
  RunOperands,
  Selection,
  Shape,
  Tensor,
  TierChoice,
  TierName,
} from '@weft/core'
import type { Tuned, TuneLayer, TuneOptions } from './tuning/tune.ts'

export interface EngineOptions {
  /** Worker threads; by default every core that the process may use. */
  threads?: number
  /** A tier by name, `wasm` for the fastest without machine code, or `auto` for the fastest that verifies. By default WEFT_TIER, else `auto`. */
  tier?: TierChoice
  /** Tiers not to be used, whatever the machine has: `auto` takes the next one. */
  exclude?: readonly TierName[]
  /** Checks the addresses of every call of emitted code before it is made, at a cost. By default WEFT_CHECK. */
  check?: boolean
  /** A file of measured times, as `tune` writes it: `prepare` takes the kernel that was the fastest. `info.tuning` says whether it is used. */
  tuning?: string
  /**
   * A folder where machine code is kept from start to start, which saves a quarter of a second of each. What lies there is run: it must
   * be one that nobody else can write to.
   */
  codeFolder?: string
  /** Which neighbours in a network are computed together, rows at a time: a depthwise convolution and the pointwise ones beside it. */
  chains?: Chains
  /**
   * Bytes that the arena may grow to, 4 GiB at most and by default. Of several workers each that needs more than 1 MiB of its own
   * takes 1 MiB besides, which keeps it apart from the next and is never touched.
   */
  maxMemory?: number
}

export interface EngineInfo {
  readonly threads: number
  readonly tier: TierName
  /** A line for each tier that was looked at: why it is in force or not. */
  readonly why: readonly string[]
  /** Layers whose kernels were measured, here or in the file of `open({ tuning })`, and what came of that file. */
  readonly tuning: { readonly layers: number; readonly why?: string | undefined }
  /** Bytes of shared memory in use, and reserved so far. */
  readonly memory: { readonly used: number; readonly size: number }
}

export type Chains =
  /** Those that are estimated to be faster together (default). */
  | 'auto'
  /** All that a kernel takes, or none; results are the same bits. */
  | 'always'
  | 'never'

/** How the cores share the work of a run. */
export type Parallelism =
  /** All workers on one item, each with a range of output channels: the lowest latency. */
  | 'channels'
  /** Each worker takes whole items: the highest throughput. */
  | 'items'
  /** Whole items as long as there is one for every worker, then channels. */
  | 'auto'

export interface ConvParams extends ConvOptions {
  weight: Tensor
  bias?: Tensor | null
}
export interface ConvTransposeParams extends ConvTransposeOptions {
  weight: Tensor
  bias?: Tensor | null
}

export interface RunOptions {
  /** Stops the run between tiles; the promise rejects with ABORTED. */
  signal?: AbortSignal | undefined
  /** Where the result goes; by default a new tensor. */
  out?: FloatTensor | undefined
  /** Added before the activation, where the layer was prepared for one; of the output's shape. It may be `out`. */
  residual?: Tensor | null | undefined
  parallel?: Parallelism | undefined
}

/** A convolution, or a chain of them, planned, compiled and packed for one shape of input. */
export interface Layer<D extends Operation = ConvDescriptor> extends AsyncDisposable {
  readonly descriptor: D
  /** The kernel that runs, and why others refused. */
  readonly selection: Pick<Selection, 'refusals'> & { readonly kernel: string }
  /**
   * Convolves `x`. Tensors made by `engine.tensor` are read and written where they are; others are copied in and out. `x` must
   * stay as it is until the promise settles, and so must the residual. `out` may be either of them.
   * @throws SHAPE, DTYPE, ABORTED, WORKER or CLOSED
   */
  run(x: Tensor, options?: RunOptions): Promise<FloatTensor>
  /** Gives its memory back once its runs are over. */
  close(): Promise<void>
}

export interface PrepareOptions {
  /** A kernel by name; by default the fastest measured (`tune`), else that of the least estimate. */
  kernel?: string
}

/** Also an executor of whole networks: `load(engine, path)` of @weft/model. */
export interface Engine extends Executor, AsyncDisposable {
  readonly info: EngineInfo
  /** Plans, compiles, packs and warms a layer for inputs of shape `x`. @throws SHAPE, OPTION, WEIGHTS, MEMORY, CLOSED */
  prepare(params: ConvParams & RunOperands, x: Shape, options?: PrepareOptions): Promise<Layer>
  /**
   * Prepares a depthwise convolution with the pointwise one before it, after it, or both as one layer: rows of pixels pass through
   * all of them in one worker's caches, and what is between them is never written to memory. The bits are those of the layers one
   * after the other. @throws as `prepare`; OPTION when they are no such chain, or the tier has no kernel for it
   */
  prepareChain(convs: readonly (ConvParams & RunOperands)[], x: Shape): Promise<Layer<ChainDescriptor>>
  prepareTranspose(params: ConvTransposeParams & RunOperands, x: Shape, options?: PrepareOptions): Promise<Layer>
  /**
   * Measures the kernels that take each layer, in turn, on this engine and with nothing else running; some 50 ms a kernel. From then on
   * `prepare` takes the fastest for such a layer, and so does an engine that is opened with the file, on the same machine, with as
   * many threads, the same tier and version. With numerics 'fast' and 'float32' another kernel may give other bits; with 'strict' none may.
   * @throws what `prepare` and `run` throw, IO where the file cannot be written
   */
  tune(layers: readonly TuneLayer[], options?: TuneOptions): Promise<Tuned[]>
  /** One shot: prepare, run, close. */
  conv(x: Tensor, params: ConvParams & RunOptions): Promise<FloatTensor>
  convTranspose(x: Tensor, params: ConvTransposeParams & RunOptions): Promise<FloatTensor>
  /** A tensor of zeros in the shared arena: layers read and write it without a copy. */
  tensor(shape: Shape): FloatTensor
  /** Gives the memory of such a tensor back; it must not be used afterwards. */
  release(tensor: FloatTensor): void
  /** Lets runs that are on finish, then ends every thread. */
  close(): Promise<void>
}
