// The kernel of chains: rows of a depthwise convolution and of the pointwise ones beside it, which never leave a worker's caches.
import type { ChainDescriptor } from '../conv/chain.ts'
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { sizeOf } from '../tensor/shape.ts'
import { type Piece, piecesOf } from './chain/pieces.ts'
import { type ChainPlan, leastPieces, planChain } from './chain/plan.ts'
import { chainRunner } from './chain/run.ts'
import { depthwise } from './depthwise.ts'
import { chainEstimator } from './estimate/chain.ts'
import type { Planned } from './kernel.ts'
import { lineFunctions } from './line.ts'
import { pointwise } from './pointwise.ts'
import { channelTiles, shapeOf } from './tiling.ts'

const NAME = 'f32-chain'
/** Pieces of a worker at most, but for those that are as many because of the cache: rows between pieces are computed twice. */
const PIECES_EACH = 3

export interface ChainKernel extends Planned<ChainPlan> {
  /** Why it cannot take the chain, for a person; null where it takes it. */
  refuses(chain: ChainDescriptor, traits: MachineTraits): string | null
  /** Microseconds that so many workers take together. Asked only where it does not refuse. */
  estimate(chain: ChainDescriptor, traits: MachineTraits, workers: number): number
  plan(chain: ChainDescriptor, traits: MachineTraits, workers: number): ChainPlan
}

export const chain: ChainKernel = {
  name: NAME,

  refuses(descriptor, traits) {
    const reason = depthwise.refuses(descriptor.depthwise, traits)
    if (reason !== null) return reason
    if (fits(descriptor, traits, piecesOf(descriptor.depthwise, leastPieces(descriptor)))) return null
    return `rows of ${descriptor.depthwise.output[2]} pixels, as many as a cache holds, do not fill a tile`
  },

  estimate: (descriptor, traits, workers) => bestPieces(descriptor, traits, workers).micros,

  plan: (descriptor, traits, workers) => planChain(NAME, descriptor, traits, bestPieces(descriptor, traits, workers).pieces),

  costs: ({ pieces }) => Float64Array.from(pieces, ({ rows }) => rows),

  functions({ before, after, depthwise: plans }) {
    const functions = [
      ...(before === null ? [] : lineFunctions(before)),
      ...plans.flatMap((plan) => depthwise.functions(plan)),
      ...(after === null ? [] : lineFunctions(after)),
    ]
    return [...new Map(functions.map((one) => [one.name, one])).values()]
  },

  pack({ descriptor, before, after, depthwise: [plan], packedAt }, weight, bias, memory, offset) {
    let [weights, biases] = [0, 0]
    /** Those of the next convolution. */
    const take = ({ weightShape, oc }: ConvDescriptor) => {
      const [from, first] = [weights, biases]
      weights += sizeOf(weightShape)
      biases += oc
      return [weight.subarray(from, weights), bias?.subarray(first, biases) ?? null] as const
    }
    if (before !== null) pointwise.pack(before, ...take(before.descriptor), memory, offset + packedAt.before)
    depthwise.pack(plan, ...take(descriptor.depthwise), memory, offset + packedAt.depthwise)
    if (after !== null) pointwise.pack(after, ...take(after.descriptor), memory, offset + packedAt.after)
  },

  runner: chainRunner,
}

/** The pieces that so many workers end with first. */
function bestPieces(descriptor: ChainDescriptor, traits: MachineTraits, workers: number): { pieces: Piece[]; micros: number } {
  const d = descriptor.depthwise
  const estimate = chainEstimator(descriptor, traits, workers)
  const least = leastPieces(descriptor)
  let best = { pieces: piecesOf(d, least), micros: estimate(piecesOf(d, least)) }
  for (let count = least + 1; count <= Math.min(d.output[1], Math.max(least, PIECES_EACH * workers)); count++) {
    const pieces = piecesOf(d, count)
    if (!fits(descriptor, traits, pieces)) break
    const micros = estimate(pieces)
    if (micros < best.micros) best = { pieces, micros }
  }
  return best
}

/** Whether the pixels of each piece fill a tile of the pointwise convolutions: the last tile of a line is moved back over pixels already done. */
function fits(
  { pointwiseBefore, depthwise: d, pointwiseAfter }: ChainDescriptor,
  traits: MachineTraits,
  pieces: readonly Piece[],
) {
  const filled = (conv: ConvDescriptor | null, pixels: number): boolean =>
    conv === null || pixels === 0 || pixels % traits.lanes === 0 || pixels >= widest(conv, traits)
  return pieces.every(
    ({ xRows, rows }) => filled(pointwiseBefore, xRows * d.input[2]) && filled(pointwiseAfter, rows * d.output[2]),
  )
}

function widest({ oc, ic }: ConvDescriptor, traits: MachineTraits): number {
  return traits.lanes * Math.max(...channelTiles(oc, 1, ic, traits).map(({ rows }) => shapeOf(rows, traits).cols))
}
