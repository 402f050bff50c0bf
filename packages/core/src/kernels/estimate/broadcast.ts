// How long the broadcast kernel takes, and how many vectors of output channels it does best with.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { vectorParts } from '../broadcast/channels.ts'
import { type Dense, denseOf } from '../broadcast/dense.ts'
import { coverSizes, mostPixels } from '../broadcast/shape.ts'
import { epilogueOf } from '../epilogue.ts'
import { MANY_REGISTERS } from '../registers.ts'
import { stagedBytes, stageTime } from './direct.ts'
import { farTime } from './far.ts'
import { CYCLE } from './tile.ts'

/** Multiply-adds and loads of a core in a cycle; cycles from a multiply-add to the next into the same sum; bytes of weights in a cycle. */
const [MADDS, LOADS, LATENCY, BYTES] = [2, 2, 4, 32]
/** How often as long the loads of a single vector of channels take, but of machines that need no broadcast for it (spread.ts). */
const LONE = 1.3
/** More vectors of channels than this gain nothing. */
const MOST_VECTORS = 4
/**
 * Cycles beside those of products: of a tile, of an output that comes from lanes of channels, and more of it where all planes of
 * the output begin at the same place of a cache.
 */
const [TILE, STORE, STORE_ALIASED] = [48, 0.43, 0.6]
/** Bytes more, half as many again, for each output that goes far away: those of neighbouring channels are stored together and lie on a page each. */
const SCATTERED = 2
/** Addresses that are so far apart fall on the same set of a first cache. */
const ALIAS_BYTES = 4096
/** Microseconds of a run by itself, and of a call for a shape of tiles. */
const [ONCE, CALL] = [0.027, 0.033]

/** Of few registers: the pixels of each channel are a page of their own, and every vector of channels reads them there (panel.ts), but for small maps. */
const [PAGES, SMALL_MAP] = [1.11, 100]

export function estimateBroadcast(d: ConvDescriptor, traits: MachineTraits): number {
  const dense = denseOf(d)
  const pixels = d.output[1] * d.output[2]
  const store = STORE + ((4 * pixels) % ALIAS_BYTES === 0 ? STORE_ALIASED : 0)
  const vectors = bestVectors(d, dense, traits)
  const channels = d.groups * vectorParts(d.oc / d.groups, traits.lanes, vectors).length
  const { staged: isStaged } = dense.layout
  const staged = isStaged ? stageTime(dense.input, traits, dense.layout) : 0
  const pages = traits.registers < MANY_REGISTERS && pixels >= SMALL_MAP ? PAGES : 1
  const far = farTime(d, SCATTERED * d.oc * pixels + (isStaged ? stagedBytes(dense.input, dense.layout) : 0))
  return ONCE + CALL * channels + CYCLE * (pages * sumCycles(d, dense, traits, vectors) + store * d.oc * pixels) + staged + far
}

/** Vectors of a channel block that take the fewest cycles. */
export function bestVectors(d: ConvDescriptor, dense: Dense, traits: MachineTraits): number {
  const most = Math.min(MOST_VECTORS, Math.ceil(d.oc / d.groups / traits.lanes))
  let [best, least] = [1, Number.POSITIVE_INFINITY]
  for (let vectors = 1; vectors <= most; vectors++) {
    const cycles = sumCycles(d, dense, traits, vectors)
    if (cycles < least) [best, least] = [vectors, cycles]
  }
  return best
}

function sumCycles(d: ConvDescriptor, { output, cut }: Dense, traits: MachineTraits, vectors: number): number {
  const taps = cut.rows[0].taps.length * cut.cols[0].taps.length
  const products = (d.ic / d.groups) * taps
  const tiles = coverSizes(output[0], output[1], mostPixels(vectors, traits, epilogueOf(d)))
  const cycles = vectorParts(d.oc / d.groups, traits.lanes, vectors).reduce((sum, { count: width }) => {
    const bytes = 4 * width * traits.lanes
    return tiles.reduce(
      (total, { pixels, count }) => total + count * (TILE + products * productCycles(width, pixels, bytes, traits.masks)),
      sum,
    )
  }, 0)
  return d.groups * cycles
}

/** Cycles that a product takes in a tile of so many vectors by pixels. */
function productCycles(vectors: number, pixels: number, vectorBytes: number, masks: boolean): number {
  const loads = ((vectors === 1 && !masks ? LONE : 1) * (vectors + pixels)) / LOADS
  return Math.max((vectors * pixels) / MADDS, loads, LATENCY, vectorBytes / BYTES)
}
