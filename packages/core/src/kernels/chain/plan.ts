// The plan of a chain: pieces of rows that a worker computes from the first convolution to the last, in memory of its own.
import type { ChainDescriptor } from '../../conv/chain.ts'
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { type DepthwisePlan, planDepthwise } from '../depthwise/plan.ts'
import type { Plan } from '../kernel.ts'
import { oddLines } from '../odd-lines.ts'
import { type PointwisePlan, pointwise } from '../pointwise.ts'
import { convOf, type Piece, rowsTogether } from './pieces.ts'

interface PlannedPiece extends Piece {
  /** Which of the depthwise plans. */
  readonly plan: number
}

export interface ChainPlan extends Plan<ChainDescriptor> {
  readonly before: PointwisePlan | null
  readonly after: PointwisePlan | null
  /** Of pieces, by their height and what is above and below them. */
  readonly depthwise: readonly DepthwisePlan[]
  readonly pieces: readonly PlannedPiece[]
  /** Neighbouring pieces that a worker computes as one, where it has them: rows between them are then computed once. */
  readonly atOnce: number
  /** Bytes from `packed` to the weights of each. */
  readonly packedAt: { readonly before: number; readonly depthwise: number; readonly after: number }
  /** Bytes from `private` to the depthwise input of some channels, and to the depthwise output of all. */
  readonly inputAt: number
  readonly outputAt: number
}

/** Bytes of depthwise output of the rows that are computed at once: with weights, x and y they fill a second cache of 1 MiB. */
const OUTPUT_BYTES = 640 * 1024
/** Bytes of depthwise input that are made before they are read. */
const INPUT_BYTES = 192 * 1024

export function planChain(name: string, chain: ChainDescriptor, traits: MachineTraits, pieces: readonly Piece[]): ChainPlan {
  const { pointwiseBefore, depthwise: d, pointwiseAfter } = chain
  const before = pointwiseBefore && pointwise.plan(pointwiseBefore, traits, 1)
  const after = pointwiseAfter && pointwise.plan(pointwiseAfter, traits, 1)
  const depthwise: DepthwisePlan[] = []
  const known = new Map<string, number>()
  const planned = pieces.map((piece): PlannedPiece => {
    const conv = convOf(d, piece)
    const key = [conv.before[1], piece.xRows, piece.rows].join()
    const plan = known.get(key) ?? depthwise.push(planDepthwise(conv, traits)) - 1
    known.set(key, plan)
    return { ...piece, plan }
  })
  const atOnce = Math.max(1, Math.floor(pieces.length / leastPieces(chain)))
  const together = pieces.map((_, index) => rowsTogether(pieces.slice(index, index + atOnce)))
  const [packed, own] = [allocator(), allocator()]
  const packedAt = {
    before: packed(before?.packedBytes ?? 0),
    depthwise: packed(depthwise[0].packedBytes),
    after: packed(after?.packedBytes ?? 0),
  }
  own(Math.max(...depthwise.map(({ privateBytes }) => privateBytes)))
  const inputAt = own(before === null ? 0 : inputBytes(before, d, Math.max(...together.map(({ xRows }) => xRows))))
  const outputAt = own(after === null ? 0 : Math.max(...together.map(({ rows }) => 4 * d.oc * outputPitch(d, rows))))
  return {
    kernel: name,
    descriptor: chain,
    traits,
    steps: [{ name: 'rows', units: pieces.length }],
    macs: macsOf(chain, pieces),
    packedBytes: packed(0),
    sharedBytes: 0,
    privateBytes: own(0),
    before,
    after,
    depthwise,
    pieces: planned,
    atOnce,
    packedAt,
    inputAt,
    outputAt,
  }
}

/** Fewer pieces would be too high for the cache. */
export function leastPieces({ depthwise: d, pointwiseAfter }: ChainDescriptor): number {
  if (pointwiseAfter === null) return 1
  return Math.min(d.output[1], Math.ceil((4 * d.oc * d.output[1] * d.output[2]) / OUTPUT_BYTES))
}

/** Channel tiles of the first convolution that are computed before the depthwise one reads them. */
export function tilesAtOnce({ tiles }: PointwisePlan, d: ConvDescriptor, xRows: number): number {
  const most = Math.floor(INPUT_BYTES / (4 * tiles[0].rows * inputPitch(d, xRows)))
  return Math.max(1, Math.min(tiles.length, most))
}

/** Floats from a channel to the next. */
export function inputPitch(d: ConvDescriptor, xRows: number): number {
  return oddLines(xRows * d.input[2])
}
export function outputPitch(d: ConvDescriptor, rows: number): number {
  return oddLines(rows * d.output[2])
}

/** What `tilesAtOnce` tiles take, for so many rows or fewer. */
function inputBytes({ tiles }: PointwisePlan, d: ConvDescriptor, xRows: number): number {
  const tile = 4 * tiles[0].rows * inputPitch(d, xRows)
  return Math.min(tiles.length * tile, Math.max(tile, INPUT_BYTES))
}

function macsOf({ pointwiseBefore, depthwise: d, pointwiseAfter }: ChainDescriptor, pieces: readonly Piece[]): number {
  const taps = d.kernel[1] * d.kernel[2]
  const before = pointwiseBefore === null ? 0 : pointwiseBefore.ic * pointwiseBefore.oc * d.input[2]
  const after = (taps + (pointwiseAfter?.oc ?? 0)) * d.oc * d.output[2]
  return pieces.reduce((sum, { xRows, rows }) => sum + xRows * before + rows * after, 0)
}

/** Hands out one place behind the other, each of so many bytes. */
function allocator(): (bytes: number) => number {
  let next = 0
  return (bytes) => {
    const at = next
    next += Math.ceil(bytes / 64) * 64
    return at
  }
}
