// How long the broadcast kernel takes, and how many vectors of output channels it does best with.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { vectorParts } from '../broadcast/channels.ts'
import { denseOf } from '../broadcast/dense.ts'
import { coverSizes, mostPixels } from '../broadcast/shape.ts'
import { runsOfBlock } from '../direct/order.ts'
import { epilogueOf } from '../epilogue.ts'
import { CYCLE } from './tile.ts'

/** Multiply-adds and loads of a core in a cycle; cycles from a multiply-add to the next into the same sum; bytes of weights in a cycle. */
const [MADDS, LOADS, LATENCY, BYTES] = [2, 2, 4, 32]
/** More vectors of channels than this gain nothing. */
const MOST_VECTORS = 4
/**
 * Cycles beside those of products, of a tile, of a run of products in it, of an output that comes from lanes of channels, and
 * more of it where all planes of the output begin at the same place of a cache; of a vector that is staged.
 */
const [TILE, RUN, STORE, STORE_ALIASED, STAGED] = [10, 6, 0.2, 0.6, 3]
/** Addresses that are so far apart fall on the same set of a first cache. */
const ALIAS_BYTES = 4096
/** Microseconds of a run by itself, and of a call for a shape of tiles. */
const [ONCE, CALL] = [0.1, 0.11]

export function estimateBroadcast(d: ConvDescriptor, traits: MachineTraits): number {
  const pixels = d.output[1] * d.output[2]
  const store = STORE + ((4 * pixels) % ALIAS_BYTES === 0 ? STORE_ALIASED : 0)
  const bare = [...d.before, ...d.after].every((padding) => padding === 0)
  const staged = bare ? 0 : (d.ic * (d.input[1] + d.before[1]) * (d.input[2] + d.before[2]) * STAGED) / traits.lanes
  const vectors = bestVectors(d, traits)
  const channels = d.groups * vectorParts(d.oc / d.groups, traits.lanes, vectors).length
  return ONCE + CALL * channels + CYCLE * (sumCycles(d, traits, vectors) + store * d.oc * pixels + staged)
}

/** Vectors of a channel block that take the fewest cycles. */
export function bestVectors(d: ConvDescriptor, traits: MachineTraits): number {
  const most = Math.min(MOST_VECTORS, Math.ceil(d.oc / d.groups / traits.lanes))
  let [best, least] = [1, Number.POSITIVE_INFINITY]
  for (let vectors = 1; vectors <= most; vectors++) {
    const cycles = sumCycles(d, traits, vectors)
    if (cycles < least) [best, least] = [vectors, cycles]
  }
  return best
}

function sumCycles(d: ConvDescriptor, traits: MachineTraits, vectors: number): number {
  const taps = d.kernel[1] * d.kernel[2]
  const products = (d.ic / d.groups) * taps
  const [oh, ow] = denseOf(d).output
  const tiles = coverSizes(oh, ow, mostPixels(vectors, traits, epilogueOf(d)))
  const each = TILE + RUN * runsOfBlock(d, taps)
  const cycles = vectorParts(d.oc / d.groups, traits.lanes, vectors).reduce((sum, { count: width }) => {
    const bytes = 4 * width * traits.lanes
    return tiles.reduce(
      (total, { pixels, count }) => total + count * (each + products * productCycles(width, pixels, bytes)),
      sum,
    )
  }, 0)
  return d.groups * cycles
}

/** Cycles that a product takes in a tile of so many vectors by pixels. */
function productCycles(vectors: number, pixels: number, vectorBytes: number): number {
  return Math.max((vectors * pixels) / MADDS, (vectors + pixels) / LOADS, LATENCY, vectorBytes / BYTES)
}
