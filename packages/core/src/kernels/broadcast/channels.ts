// Blocks of output channels: so many vectors side by side, the last channels of a group in a block that may be narrower.
import { equalParts } from './shape.ts'

export interface ChannelBlock {
  /** First output channel, all groups counted. */
  readonly oc: number
  /** Channels, and the vectors that hold them. */
  readonly rows: number
  readonly vectors: number
  readonly group: number
  /** Where the block's packed weights begin, in bytes. */
  readonly packed: number
}

/** Blocks of every group, of `most` vectors at most; each packs a row of biases and one of weights a product. */
export function channelBlocks(oc: number, groups: number, products: number, lanes: number, most: number): ChannelBlock[] {
  const perGroup = oc / groups
  const parts = vectorParts(perGroup, lanes, most)
  const blocks: ChannelBlock[] = []
  let packed = 0
  for (let group = 0; group < groups; group++) {
    for (const { from, count: vectors } of parts) {
      const rows = Math.min(vectors * lanes, perGroup - from * lanes)
      blocks.push({ oc: group * perGroup + from * lanes, rows, vectors, group, packed })
      packed += 4 * vectors * lanes * (products + 1)
    }
  }
  return blocks
}

/** The vectors of a group's channels, cut into blocks. */
export function vectorParts(perGroup: number, lanes: number, most: number): ReturnType<typeof equalParts> {
  const vectors = Math.ceil(perGroup / lanes)
  return equalParts(vectors, Math.ceil(vectors / most))
}
