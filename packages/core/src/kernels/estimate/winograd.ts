// How long a Winograd kernel takes: two transforms, and the products between them.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { undivided } from '../winograd/phases.ts'
import { blockTiles, columnsFor, rowsFor } from '../winograd/plan.ts'
import type { Transform } from '../winograd/points.ts'
import { slabsOf } from '../winograd/slabs.ts'
import { countBlocks } from '../winograd/tiles.ts'
import { area, farTime } from './far.ts'
import { productCycles } from './tile.ts'

/** Microseconds of each, fitted to 279 random convolutions in AVX-512: half of them within 13 %. */
const [BLOCK, PRODUCT_CYCLE] = [0.31, 0.000208]
/** Of a point of a vector of tiles, there and back. */
const [FORTH, BACK] = [0.0021, 0.0011]
/** How often as long transforms take where tiles take turns in a row: outputs go through memory once more, to where each lies. */
const TURNS = 3
/** Of a byte of a block's factors beyond so many: each goes to another page, and the second cache has no room for it. */
const [FACTOR_BYTE, NEAR_FACTORS] = [150e-6, 1e6]

export function estimateWinograd(whole: ConvDescriptor, t: Transform, traits: MachineTraits): number {
  const { lanes } = traits
  const d = undivided(whole)
  const { blocks, groups, tiles } = countBlocks(d, t, lanes, blockTiles(d, t, traits))
  const vectors = Math.ceil(tiles / lanes)
  const cols = columnsFor(vectors, traits)
  const ocPerGroup = d.oc / d.groups
  const channelTiles = Math.ceil(ocPerGroup / rowsFor(cols, traits))
  const product = productCycles({ rows: ocPerGroup / channelTiles, cols }, traits)
  const points = t.n * t.n
  const cycles = points * d.ic * d.kernel[0] * channelTiles * Math.ceil(vectors / cols) * product
  const factors = FACTOR_BYTE * Math.max(0, (4 * points * d.ic * vectors * lanes) / d.groups - NEAR_FACTORS)
  const perBlock = d.groups * (BLOCK + factors) + cycles * PRODUCT_CYCLE
  const slabs = slabsOf(d, (4 * points * d.ic * tiles) / d.groups)
  const inputs = slabs.reduce((sum, slab) => sum + slab.inputs, 0)
  // Rows of the output are written in parts, twice as far.
  const far = farTime(whole, 4 * d.oc * area(d.output), (points * d.kernel[0] * d.ic * d.oc) / d.groups)
  const transforms = groups * points * (FORTH * d.ic * inputs + BACK * d.oc * d.output[0])
  return d.output[0] * blocks * perBlock + (d.dilation[2] > 1 ? TURNS : 1) * transforms + far
}
