// Every pass over a graph, in the order in which they run.
import type { Graph } from '../graph/graph.ts'
import { dropDead } from './drop-dead.ts'
import { dropIdentity } from './drop-identity.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { foldChannelArithmetic } from './fold-channel-arithmetic.ts'
import { foldConstants } from './fold-constants.ts'
import { fuseActivation } from './fuse-activation.ts'
import { fusePadding } from './fuse-padding.ts'
import { keepScores } from './keep-scores.ts'
import { recognizeGelu } from './recognize-gelu.ts'
import { recognizeHardSwish } from './recognize-hard-swish.ts'
import { recognizeSilu } from './recognize-silu.ts'

export interface Pass {
  readonly name: string
  readonly does: string
  /** Changes the graph. @returns how many changes there were */
  run(graph: Graph): number
}

export const PASSES: readonly Pass[] = [
  { name: 'fold-constants', does: 'nodes whose inputs are all known', run: foldConstants },
  { name: 'drop-identity', does: 'Identity, Dropout out of training, pooling by 1', run: dropIdentity },
  { name: 'recognize-hard-swish', does: 'x clip(x + 3, 0, 6) / 6 as one HardSwish', run: recognizeHardSwish },
  { name: 'recognize-silu', does: 'x Sigmoid(x) as one Swish', run: recognizeSilu },
  { name: 'recognize-gelu', does: 'x / 2 (1 + Erf(x / the root of 2)) as one Gelu', run: recognizeGelu },
  { name: 'drop-dead', does: 'nodes whose outputs nobody reads', run: dropDead },
  { name: 'fuse-padding', does: 'Pad into the convolution or the mean pooling that reads it', run: fusePadding },
  { name: 'fold-batch-norm', does: 'BatchNormalization into the weights before it', run: foldBatchNorm },
  {
    name: 'fold-channel-arithmetic',
    does: 'Add, Sub, Mul, Div by a constant a channel into the weights',
    run: foldChannelArithmetic,
  },
  { name: 'fuse-activation', does: 'activations into the convolution before them', run: fuseActivation },
  { name: 'keep-scores', does: 'float32 for sums of few products before a Softmax that is given', run: keepScores },
  { name: 'drop-unread', does: 'what the passes left over', run: dropDead },
]

export interface PassReport {
  readonly pass: string
  readonly does: string
  readonly changes: number
  /** Nodes after it. */
  readonly nodes: number
}

/** Runs every pass once. Changes the graph. */
export function optimize(graph: Graph): PassReport[] {
  return PASSES.map(({ name, does, run }) => ({ pass: name, does, changes: run(graph), nodes: graph.nodes.length }))
}
