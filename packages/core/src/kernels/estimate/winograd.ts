// How long a Winograd kernel takes: two transforms, and the products between them.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { machineFor } from '../narrow.ts'
import { MANY_REGISTERS } from '../registers.ts'
import { type ChunkSize, leavesLanes, STORED } from '../winograd/chunks.ts'
import { fewTiles, usesTaps } from '../winograd/few.ts'
import { productsOf, runsOf, undivided } from '../winograd/phases.ts'
import type { TileTransform } from '../winograd/points.ts'
import { blockTiles, columnsFor, rowsFor } from '../winograd/sizes.ts'
import { slabsOf } from '../winograd/slabs.ts'
import { makesFilters } from '../winograd/sums.ts'
import { tapsProducts, tapsShape } from '../winograd/taps.ts'
import { countBlocks, stripWidth } from '../winograd/tiles.ts'
import { area, farTime } from './far.ts'
import { productCycles } from './tile.ts'

/** Microseconds of each, fitted to 279 random convolutions in AVX-512: half of them within 13 %. */
const [BLOCK, PRODUCT_CYCLE] = [0.31, 0.000208]
/** Of a point of a vector of tiles, there and back, where rows pass through a line (stage.ts, store.ts); */
const [FORTH, BACK] = [0.0021, 0.0011]
/** and where they do not, fitted to 524 random convolutions more. */
const [IN_PLACE, DIRECT] = [0.00105, 0.00066]
/** How often as long inputs take whose pixels of a phase are a stride apart, by 180 random convolutions. */
const STRIDED = 1.5
/** How often as long transforms take on half as many lanes (narrow.ts): half where vectors of 16 are computed by halves, 0.8 where they are not. */
const HALVED = 0.6
/** How often as long bytes from far away take beside a matrix unit, on processors whose third cache is far: filters are many more here. */
const FARTHER = 3
/** Of a filter that is made of taps where it is multiplied, on vectors of 8. */
const MADE = 0.0035
/** How often as long transforms take where tiles take turns in a row: outputs go through memory once more, to where each lies. */
const TURNS = 3
/** Of a byte of a block's factors beyond so many: each goes to another page, and the second cache has no room for it. */
const [FACTOR_BYTE, NEAR_FACTORS] = [75e-6, 1e6]

export function estimateWinograd(whole: ConvDescriptor, t: TileTransform, traits: MachineTraits): number {
  const { lanes } = traits
  const d = undivided(whole)
  const machine = machineFor(stripWidth(d, t), traits)
  const { blocks, groups, tiles } = countBlocks(d, t, machine.lanes, blockTiles(d, t, traits))
  const { points } = t
  const few = fewTiles(whole, t)
  const pitch = few ? tiles : Math.ceil(tiles / lanes) * lanes
  const products = (productsOf(runsOf(whole, t)) * whole.ic * d.kernel[0]) / d.groups
  const fromTaps = few && usesTaps(d, products, traits)
  const size = { points, products, pitch, tiles, cells: blocks * d.groups }
  const cycles = fromTaps
    ? cyclesFromTaps(whole, t, size, traits)
    : few
      ? cyclesOfFew(d, size, traits)
      : cyclesOfBlock(d, size, traits)
  const factors = FACTOR_BYTE * Math.max(0, (4 * points * d.ic * pitch) / d.groups - NEAR_FACTORS)
  const made = makesFilters(whole, t, traits)
  const perBlock = d.groups * (BLOCK + factors) + cycles * PRODUCT_CYCLE + (made ? (MADE * d.ic * d.oc) / d.groups : 0)
  const slabs = slabsOf(d, (4 * points * d.ic * tiles) / d.groups)
  const inputs = slabs.reduce((sum, slab) => sum + slab.inputs, 0)
  // Rows of the output are written in parts, twice as far.
  const packed = fromTaps || made ? (area(d.kernel) * d.ic) / d.groups : few ? products * STREAMED : products
  const far = (traits.matrix ? FARTHER : 1) * farTime(whole, 4 * d.oc * area(d.output), packed * d.oc)
  const halved = machine.lanes < lanes ? HALVED : 1
  const forth = traits.masks ? IN_PLACE * (whole.stride[2] > 1 ? STRIDED : 1) : FORTH
  const back = traits.masks && d.dilation[2] === 1 ? DIRECT : BACK
  const transforms = halved * groups * points * (forth * d.ic * inputs + back * d.oc * d.output[0])
  return d.output[0] * blocks * perBlock + (d.dilation[2] > 1 ? TURNS : 1) * transforms + far
}

/** Of all products of a block: vectors of output channels by tiles, or rows of them by vectors of tiles. */
function cyclesOfBlock(d: ConvDescriptor, size: ChunkSize, traits: MachineTraits): number {
  const { points, products, pitch, tiles } = size
  const ocPerGroup = d.oc / d.groups
  if (leavesLanes(size, traits)) {
    return (d.groups * Math.ceil(ocPerGroup / traits.lanes) * tiles * (products + points * STORED)) / MADDS
  }
  // A single full vector of tiles is estimated as one: vectors of channels, which take its place, take about a tenth less.
  const vectors = pitch / traits.lanes
  const cols = columnsFor(vectors, traits)
  const channelTiles = Math.ceil(ocPerGroup / rowsFor(cols, traits))
  const product = productCycles({ rows: ocPerGroup / channelTiles, cols }, traits)
  return d.groups * products * channelTiles * Math.ceil(vectors / cols) * product
}

/** Of few tiles: products from taps, and the sums of taps beside them. */
function cyclesFromTaps(d: ConvDescriptor, t: TileTransform, { points, products }: ChunkSize, traits: MachineTraits): number {
  const vectors = Math.ceil(d.oc / d.groups / traits.lanes)
  const sums = traits.registers < MANY_REGISTERS ? NARROW_SUMS : SUMS
  return (d.groups * vectors * (products / points) * (tapsProducts(tapsShape(d, t, 0)) + sums)) / MADDS
}

/** The same from filters, and what comes after each point. */
function cyclesOfFew(d: ConvDescriptor, { points, products, tiles }: ChunkSize, traits: MachineTraits): number {
  const vectors = Math.ceil(d.oc / d.groups / traits.lanes)
  const product = productCycles({ rows: 2, cols: tiles }, traits)
  return d.groups * (Math.ceil(vectors / 2) * products * product + vectors * points * POINT)
}
const [SUMS, NARROW_SUMS, POINT] = [84, 185, 14]
/** The part of filters' time from far memory that is not hidden behind products. */
const STREAMED = 0.5
/** Multiply-adds of a core in a cycle. */
const MADDS = 2
