// Every pass over steps, where shapes are known, in the order in which they run.
import type { ChainDescriptor } from '@weft/core'
import type { Draft } from '../specialize/draft.ts'
import type { Values } from '../specialize/values.ts'
import { fuseBias } from './fuse-bias.ts'
import { fuseNeighbours } from './fuse-neighbours.ts'
import { fuseResiduals } from './fuse-residual.ts'
import type { PassReport } from './passes.ts'
import { rowsToPixels } from './rows-to-pixels.ts'

export interface StepContext {
  readonly outputs: readonly string[]
  readonly values: Values
  readonly chainGain: (chain: ChainDescriptor) => number
}

interface StepPass {
  readonly name: string
  readonly does: string
  run(steps: readonly Draft[], context: StepContext): Draft[]
}

const STEP_PASSES: readonly StepPass[] = [
  {
    name: 'fuse-bias',
    does: 'Add of a known vector into the MatMul before',
    run: (steps, { outputs, values }) => fuseBias(steps, outputs, values),
  },
  {
    name: 'fuse-residual',
    does: 'additions, and activations after them, into the convolution before',
    run: (steps, { outputs, values }) => fuseResiduals(steps, outputs, values),
  },
  {
    name: 'fuse-neighbours',
    does: 'depthwise convolutions with the pointwise ones beside them, where faster',
    run: (steps, { outputs, values, chainGain }) => fuseNeighbours(steps, outputs, values, chainGain),
  },
  {
    name: 'rows-to-pixels',
    does: 'products of many rows, transposed, as convolutions of as many pixels',
    run: (steps, { outputs, values }) => rowsToPixels(steps, outputs, values),
  },
]

/** Runs every pass once. Each change takes a step away, or adds one. */
export function optimizeSteps(
  drafts: readonly Draft[],
  context: StepContext,
  onPass: (report: PassReport) => void = () => {},
): readonly Draft[] {
  return STEP_PASSES.reduce((steps, { name, does, run }) => {
    const left = run(steps, context)
    onPass({ pass: name, does, changes: Math.abs(steps.length - left.length), nodes: left.length })
    return left
  }, drafts)
}
