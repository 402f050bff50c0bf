// How long the pointwise kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { CYCLE, lineCost, tileCounts } from './tile.ts'

/** Microseconds of each, fitted to AVX-512: half of the convolutions within 5 %. */
const [ONCE, CALL, TILE] = [0.08, 0.113, 0.0033]

/** @param blocks of pixels, each `pixels` of them */
export function estimatePointwise(d: ConvDescriptor, traits: MachineTraits, blocks: number, pixels: number): number {
  const { tiles, cycles } = lineCost(d, traits, pixels, d.ic / d.groups)
  const channelTiles = tileCounts(d, traits).reduce((sum, { count }) => sum + count, 0)
  return ONCE + blocks * (channelTiles * CALL + tiles * TILE + cycles * CYCLE)
}
