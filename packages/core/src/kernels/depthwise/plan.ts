// The plan of the depthwise kernel: its shape, blocks of output rows, and how many channels are staged together.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { roundUp } from '../direct/layout.ts'
import type { Plan } from '../kernel.ts'
import { machineFor } from '../narrow.ts'
import { BAND_BYTES, blocksOf, type DepthwiseBlock, stagedBytes } from './blocks.ts'
import { readRows } from './rows.ts'
import { type DepthwiseShape, type Fold, shapeFor } from './shape.ts'

export interface DepthwisePlan extends Plan {
  readonly shape: DepthwiseShape
  readonly blocks: readonly DepthwiseBlock[]
  /** Output channels of an input channel. */
  readonly multiplier: number
  /** Input channels that are staged together at most, and floats from one to the next: all and 0 where rows are read in place. */
  readonly band: number
  readonly planeFloats: number
}

/** Bytes from the beginning of a worker's own memory, where the argument block is, to a spare vector, and to the staged rows. */
export const [SPARE_AT, ROWS_AT] = [128, 192]
/** Bytes of the staged rows under a single output row at most. */
const MOST_BYTES = 64 * 1024
/** More channels than this gain nothing. */
const MOST_BAND = 8

export function tooWide(d: ConvDescriptor, lanes: number): string | null {
  const bytes = stagedBytes(d, lanes, 1)
  if (bytes <= MOST_BYTES) return null
  return `the rows under one output row take ${bytes} bytes with their padding, more than ${MOST_BYTES} that are staged at once`
}

export function planDepthwise(d: ConvDescriptor, tier: MachineTraits, fold?: Fold): DepthwisePlan {
  const traits = machineFor(d.output[2], tier)
  const shape = shapeFor(d, traits, fold)
  const blocks = blocksOf(readRows(d), shape)
  const longest = blocks.reduce((most, { rows }) => Math.max(most, rows), 0)
  const planeFloats = shape.picture === null ? roundUp(stagedBytes(readRows(d).d, traits.lanes, longest) / 4, traits.lanes) : 0
  const most = shape.picture === null ? Math.min(MOST_BAND, Math.floor(BAND_BYTES / (4 * planeFloats))) : d.ic
  const band = Math.max(1, Math.min(d.ic, most))
  const taps = tapsOf(d)
  return {
    kernel: 'f32-depthwise',
    descriptor: d,
    traits,
    steps: [{ name: 'compute', units: d.ic * blocks.length }],
    macs: d.oc * d.output[1] * d.output[2] * taps,
    packedBytes: 4 * d.oc * (1 + taps),
    sharedBytes: 0,
    privateBytes: ROWS_AT + 4 * band * planeFloats,
    shape,
    blocks,
    multiplier: d.oc / d.ic,
    band,
    planeFloats,
  }
}

export function tapsOf(d: ConvDescriptor): number {
  return d.kernel[1] * d.kernel[2]
}
