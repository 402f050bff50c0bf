// @weft/parallel: the engine that runs core's kernels on every core over one shared memory.
export { open } from './engine.ts'
export type { OpenWorkspace } from './native/native.ts'
export { allowPairing } from './pairing.ts'
export { chooseTier, openWorkspace, tierOfEnvironment } from './tier.ts'
export type { Tuned, TuneLayer, TuneOptions } from './tuning/tune.ts'
export type {
  Chains,
  ConvParams,
  ConvTransposeParams,
  Engine,
  EngineInfo,
  EngineOptions,
  Layer,
  Parallelism,
  PrepareOptions,
  RunOptions,
} from './types.ts'
