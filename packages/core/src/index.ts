// @weft/core: tensors, the convolution descriptor, kernels and plans. No threads, no I/O.

export {
  ACTIVATIONS,
  type Activation,
  type ActivationKind,
  type ActivationOption,
  activate,
  withActivation,
} from './conv/activation.ts'
export { type ChainDescriptor, chainMisfit, convsOf, describeChain } from './conv/chain.ts'
export { type ConvCost, costOf } from './conv/cost.ts'
export { type Axes, type ConvDescriptor, describeConv, describeConvTranspose, type Operation } from './conv/descriptor.ts'
export {
  type ConvOptions,
  type ConvTransposeOptions,
  NUMERICS,
  type Numerics,
  type PaddingOption,
  type PerAxis,
  type RunOperands,
} from './conv/options.ts'
export {
  convExtent,
  effectiveKernel,
  PADDING_MODES,
  type PaddingMode,
  samePadding,
  transposedExtent,
} from './conv/output-shape.ts'
export { type Problem, parseProblem, parseSuite } from './conv/problem.ts'
export { type ConvArguments, type ConvTransposeArguments, conv, convTranspose } from './conv.ts'
export { ERROR_CODES, type ErrorCode, type ErrorDetails, fromWire, toWire, WeftError, type WireError } from './errors.ts'
export { runAlone } from './execute.ts'
export { type Explanation, explain } from './explain.ts'
export type { Access, Int, KernelFunction, Machine, MachineTraits, Vec } from './isa/machine.ts'
export { PORTABLE_TIERS, TIER_NAMES, TIERS, type Tier, type TierName } from './isa/tiers.ts'
export { type Features, featuresOf, type Processor } from './isa/x64/features.ts'
export { emitX64 } from './isa/x64/machine.ts'
export { nativeObject } from './isa/x64/object.ts'
export { PIECE_HEADER } from './isa/x64/piece.ts'
export { chainCandidate, chainGain, refusesChain, selectChain } from './kernels/chains.ts'
export {
  type Bindings,
  type Callable,
  type Kernel,
  machineOf,
  type Plan,
  type Planned,
  type Runner,
} from './kernels/kernel.ts'
export {
  type Candidate,
  type Candidates,
  candidatesFor,
  KERNELS,
  kernelNamed,
  plannedBy,
  type Refusal,
  type Selected,
  type Selection,
  select,
} from './kernels/registry.ts'
export { type Held, Staged } from './kernels/staged.ts'
export { Conv1d, Conv2d, Conv3d, ConvTranspose2d, type LayerOptions, type TransposeLayerOptions } from './layers.ts'
export { corr2d, corr2dMultiIn, corr2dMultiInOut, corr2dMultiInOut1x1, matmul } from './lecture.ts'
export { BEHIND, LocalLayer, type LocalOptions, portableWorkspace, Workspace } from './local.ts'
export {
  OP_STORAGE,
  type Op,
  type OpDType,
  type OpParam,
  type OpParams,
  type OpPlan,
  type OpStorage,
  type ValueInfo,
} from './ops/op.ts'
export { opNamed, planOp } from './ops/registry.ts'
export type { OpBindings, OpRunner, VectorPath } from './ops/vector.ts'
export { checkedCode } from './plan/checked.ts'
export { type Binder, type Code, CodeCache, type Compiler, Instances, type Piece } from './plan/code.ts'
export { joinWeights, type Weights, weightsOf } from './plan/join.ts'
export { checkResidual } from './plan/residual.ts'
export { type Range, shard } from './plan/shard.ts'
export { checkWeights } from './plan/weights.ts'
export { type ChosenTier, fastestTier, TIER_CHOICES, type TierChoice, type TierSearch, type Verdict, verify } from './probe.ts'
export type {
  ChainProgramStep,
  ConvProgramStep,
  Executor,
  OpProgramStep,
  Place,
  PreparedProgram,
  Program,
  ProgramConstant,
  ProgramPort,
  ProgramStep,
  RunProgramOptions,
  Span,
} from './program.ts'
export { DTYPES, type Dtype, type Storage } from './tensor/dtype.ts'
export { formatShape, MAX_ELEMENTS, type Shape, sameShape, sizeOf } from './tensor/shape.ts'
export { expectFloat, type FloatTensor, Tensor } from './tensor/tensor.ts'
