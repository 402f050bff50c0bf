// What register tiles cost: every channel tile of a convolution over a line of pixels, in cycles.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { type TileShape, tileOf } from '../tile.ts'
import { shapeOf } from '../tiling.ts'

/** Microseconds of a cycle, as the fits of all kernels of register tiles have it. */
export const CYCLE = 0.000245

/** Channel tiles of all groups by their rows: at most two sizes, one apart. */
export function tileCounts(d: ConvDescriptor, traits: MachineTraits): { rows: number; count: number }[] {
  const perGroup = d.oc / d.groups
  const tiles = Math.ceil(perGroup / tileOf(traits).rows)
  const [rows, larger] = [Math.floor(perGroup / tiles), perGroup % tiles]
  const sizes = [
    { rows: rows + 1, count: larger * d.groups },
    { rows, count: (tiles - larger) * d.groups },
  ]
  return sizes.filter(({ count }) => count > 0)
}

/** Every channel tile over `pixels` neighbours, each output the sum of so many products: register tiles, and cycles of all products. */
export function lineCost(
  d: ConvDescriptor,
  traits: MachineTraits,
  pixels: number,
  products: number,
): { tiles: number; cycles: number } {
  let [tiles, cycles] = [0, 0]
  for (const { rows, count } of tileCounts(d, traits)) {
    const { cols } = shapeOf(rows, traits)
    const full = Math.floor(pixels / (cols * traits.lanes))
    const last = Math.ceil((pixels - full * cols * traits.lanes) / traits.lanes)
    tiles += count * (full + Math.sign(last))
    cycles += count * products * (full * productCycles({ rows, cols }, traits) + productCycles({ rows, cols: last }, traits))
  }
  return { tiles, cycles }
}

/** Two multiply-adds and two loads a cycle, of which the widest vectors count twice: they span cache lines. Sums wait for themselves. */
export function productCycles({ rows, cols }: TileShape, { lanes }: MachineTraits): number {
  if (cols === 0) return 0
  const loads = rows + (cols * Math.max(UNSPLIT_LANES, lanes)) / UNSPLIT_LANES
  return Math.max((rows * cols) / 2, loads / 2, LATENCY)
}
const UNSPLIT_LANES = 8
const LATENCY = 4
