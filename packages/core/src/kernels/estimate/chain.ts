// How long a chain takes a gang of workers, and how long its convolutions take one after the other.
import { type ChainDescriptor, convsOf } from '../../conv/chain.ts'
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { convOf, type Piece } from '../chain/pieces.ts'
import { estimateDepthwise } from './depthwise.ts'
import { estimatePointwise } from './pointwise.ts'

/**
 * Microseconds for a byte of what lies between two convolutions, in one worker's caches and out of another's, and for a step that
 * all workers wait for; fitted to the blocks of MobileNetV2 with one worker and two, in AVX-512.
 */
const [OWN_BYTE, OTHER_BYTE, STEP] = [14e-6, 84e-6, 2]

/** Estimates of one chain for so many workers, cut into pieces in different ways. */
export function chainEstimator(
  chain: ChainDescriptor,
  traits: MachineTraits,
  workers: number,
): (pieces: readonly Piece[]) => number {
  const known = new Map<string, number>()
  const timeOf = (piece: Piece): number => {
    const key = `${piece.rows} ${piece.xRows} ${convOf(chain.depthwise, piece).before[1]}`
    const time = known.get(key) ?? estimatePiece(chain, traits, piece)
    known.set(key, time)
    return time
  }
  return (pieces) => {
    const times = pieces.map(timeOf)
    const total = times.reduce((sum, time) => sum + time, 0)
    // The piece that takes the longest bounds the workers, and the sum of all does.
    return Math.max(total / workers, Math.ceil(pieces.length / workers) * Math.max(...times))
  }
}

function estimatePiece(chain: ChainDescriptor, traits: MachineTraits, piece: Piece): number {
  const { pointwiseBefore, depthwise: d, pointwiseAfter } = chain
  const line = (conv: ConvDescriptor | null, pixels: number): number =>
    conv === null || pixels === 0 ? 0 : estimatePointwise(conv, traits, { pixels, blockPixels: pixels, blocks: 1 })
  const before = line(pointwiseBefore, piece.xRows * d.input[2])
  return before + estimateDepthwise(convOf(d, piece), traits) + line(pointwiseAfter, piece.rows * d.output[2])
}

/** @param timeOf what one worker takes for an item of a convolution, with the kernel that is chosen for it */
export function estimateApart(chain: ChainDescriptor, workers: number, timeOf: (d: ConvDescriptor) => number): number {
  const convs = convsOf(chain)
  const work = convs.reduce((sum, d) => sum + timeOf(d), 0)
  const bytes = convs.slice(1).reduce((sum, d) => sum + (4 * sizeOf(d.xShape)) / d.batch, 0)
  const others = 1 - 1 / workers
  const waits = workers > 1 ? STEP * (convs.length - 1) : 0
  return (work + bytes * (OWN_BYTE + OTHER_BYTE * others)) / workers + waits
}
