// Winograd convolutions of few tiles, F(4x4, 3x3): filters are sums of taps, which are made before or each time that they are used.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { MANY_REGISTERS } from '../registers.ts'
import { isSquare, type TileTransform } from './points.ts'
import { groupTiles, stripWidth, tilesOf } from './tiles.ts'

/** Tiles whose sums at the points of a row the registers of a machine with many hold. */
const MOST_TILES = 4

/** Lanes of the narrowest vectors. */
const NARROWEST = 4

/** Whether tiles are so few that filters are sums of taps (sums.ts), which may be transformed where they are used. A row of tiles is one group on every machine. */
export function fewTiles(d: ConvDescriptor, t: TileTransform): boolean {
  const few = isSquare(t, 4, 3) && d.stride[1] === 1 && tilesOf(d, t) <= MOST_TILES
  return few && stripWidth(d, t) <= groupTiles(d.dilation[2], NARROWEST)
}

/** Lanes from which on making them is worth it at half of the points of a row at once, and bytes of filters that are transformed before even so: more come from far memory. */
const [HALF_LANES, NEAR_FILTERS] = [8, 4 * 2 ** 20]

/** Whether they are: transformed before they are four times as large. @param products of an output channel */
export function usesTaps(d: ConvDescriptor, products: number, { registers, lanes }: MachineTraits): boolean {
  return registers >= MANY_REGISTERS || (lanes >= HALF_LANES && 4 * products * d.oc > NEAR_FILTERS)
}
