// Filters of F(4x4, 3x3) as sums of their taps: which convolutions have them, and how taps and factors are scaled for it.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { fewTiles } from './few.ts'
import { isSquare, type TileTransform } from './points.ts'
import { tilesOf } from './tiles.ts'

/**
 * Of the points 0, a, -a, b, -b, infinity along an axis, a = 1 / b = sqrt(1/2): with the middle tap times b, filters at the pairs are sums
 * and differences of taps, (2 g0 + g2) +- b g1 and (g0 + 2 g2) +- b g1. What G has beside them is taken into the factors of a pair.
 */
export const PAIR_SCALES: readonly number[] = [-1 / 3, 1 / 6]
/** Of taps, row by row. */
export const TAP_SCALES: readonly number[] = [1, Math.SQRT2, 1, Math.SQRT2, 2, Math.SQRT2, 1, Math.SQRT2, 1]

/** Tiles that are always one block (sizes.ts), and bytes of filters that a second cache does not hold. */
const [MOST_TILES, FAR_FILTERS] = [64, 2 * 2 ** 20]

/** Whether filters are sums of taps: of few tiles, and of one block that reads more of them than stay near. */
export function sumsTaps(d: ConvDescriptor, t: TileTransform): boolean {
  if (fewTiles(d, t)) return true
  const plain = d.rank === 2 && [...d.stride, ...d.dilation].every((step) => step === 1)
  return plain && isSquare(t, 4, 3) && tilesOf(d, t) <= MOST_TILES && (4 * t.points * d.ic * d.oc) / d.groups > FAR_FILTERS
}

/** Lanes from which on products are so short that a machine which can ask for nothing ahead waits for filters. */
const LEAST_LANES = 8

/**
 * Whether a worker makes filters that are not few tiles' where it multiplies them, a quarter of their bytes to read, and of whole vectors.
 * Where they can be asked for ahead of their use that takes longer: 1.1 to 1.2 times, 16 registers, 256 channels of 14x14.
 */
export function makesFilters(d: ConvDescriptor, t: TileTransform, { lanes, prefetches }: MachineTraits): boolean {
  const whole = (d.ic / d.groups) % lanes === 0
  return lanes >= LEAST_LANES && !prefetches && whole && sumsTaps(d, t) && !fewTiles(d, t)
}
