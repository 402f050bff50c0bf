// How long a Winograd kernel takes: two transforms, and the products between them.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { blockTiles, columnsFor, rowsFor } from '../winograd/plan.ts'
import type { Transform } from '../winograd/points.ts'
import { slabsOf } from '../winograd/slabs.ts'
import { countBlocks } from '../winograd/tiles.ts'
import { CYCLE, productCycles } from './tile.ts'

/** Microseconds of each, fitted to AVX-512: half of the convolutions within 7 %, nine of ten within 22 %. */
const [ONCE, BLOCK, CHANNEL] = [0.15, 0.4, 0.007]
/** Of a point of a vector of tiles, there and back. */
const [FORTH, BACK] = [0.0019, 0.001]

export function estimateWinograd(d: ConvDescriptor, t: Transform, traits: MachineTraits): number {
  const { lanes } = traits
  const { blocks, groups, tiles } = countBlocks(d, t, lanes, blockTiles(d, t, traits))
  const vectors = Math.ceil(tiles / lanes)
  const cols = columnsFor(vectors, traits)
  const ocPerGroup = d.oc / d.groups
  const channelTiles = Math.ceil(ocPerGroup / rowsFor(cols, traits))
  const product = productCycles({ rows: ocPerGroup / channelTiles, cols }, traits)
  const points = t.n * t.n
  const cycles = points * d.ic * d.kernel[0] * channelTiles * Math.ceil(vectors / cols) * product
  const perBlock = d.groups * BLOCK + d.oc * CHANNEL + cycles * CYCLE
  const slabs = slabsOf(d, (4 * points * d.ic * tiles) / d.groups)
  const inputs = slabs.reduce((sum, slab) => sum + slab.inputs, 0)
  return ONCE + d.output[0] * blocks * perBlock + groups * points * (FORTH * d.ic * inputs + BACK * d.oc * d.output[0])
}
