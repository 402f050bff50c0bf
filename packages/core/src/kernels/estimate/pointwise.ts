// How long the pointwise kernel takes.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { CYCLE, lineCost, tileCounts } from './tile.ts'

/** Microseconds of each, fitted to 81 random convolutions in AVX-512: half of them within 12 %. */
const [ONCE, CALL, TILE] = [0.15, 0.14, 0.0123]

/** But for what comes from far away: pieces of a chain do not. @param blocks of `blockPixels` each, but the last, which holds the rest of `pixels` */
export function estimatePointwise(
  d: ConvDescriptor,
  traits: MachineTraits,
  { pixels, blockPixels, blocks }: { readonly pixels: number; readonly blockPixels: number; readonly blocks: number },
): number {
  // Neighbouring channel tiles of as many rows are one call.
  const calls = d.groups * tileCounts(d, traits).length
  const block = (length: number): number => {
    const { tiles, cycles } = lineCost(d, traits, length, d.ic / d.groups)
    return calls * CALL + tiles * TILE + cycles * CYCLE
  }
  return ONCE + (blocks - 1) * block(blockPixels) + block(pixels - (blocks - 1) * blockPixels)
}
