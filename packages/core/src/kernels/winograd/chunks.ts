// Chunks of output channels of a Winograd convolution, which are multiplied and transformed back together.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { channelBlocks, vectorParts } from '../broadcast/channels.ts'
import { MANY_REGISTERS } from '../registers.ts'
import { channelTiles } from '../tiling.ts'

/** Channel tiles of as many rows each. */
export interface Chunk {
  readonly group: number
  /** First output channel, all groups counted. */
  readonly oc: number
  readonly rows: number
  readonly tiles: number
  /** Bytes from `packed` to its filters, and how many of an input channel lie side by side in a tile. */
  readonly filters: number
  readonly width: number
}

/** Of a plan: points, products of a tile and an output channel at all of them, floats from a point's to the next, tiles of the largest block; blocks of all groups. */
export interface ChunkSize {
  readonly points: number
  readonly products: number
  readonly pitch: number
  readonly tiles: number
  readonly cells: number
}

/** Bytes of products that a chunk leaves for the output transform. */
const CHUNK_BYTES = 256 * 1024
/** Units that the multiplications are cut into at least, where there are as many channel tiles. */
const LEAST_UNITS = 24

/** Where vectors hold tiles. @param filter floats of an output channel's. @param rows of a channel tile at most */
export function chunksOf(
  d: ConvDescriptor,
  { points, pitch, cells }: ChunkSize,
  filter: number,
  rows: number,
  traits: MachineTraits,
): Chunk[] {
  const tiles = channelTiles(d.oc, d.groups, 0, traits, rows)
  const byMemory = Math.floor(CHUNK_BYTES / (4 * points * pitch * rows))
  const bySharing = Math.ceil(((tiles.length / d.groups) * cells) / LEAST_UNITS)
  const most = Math.max(1, Math.min(byMemory, bySharing))
  const chunks: Chunk[] = []
  for (const tile of tiles) {
    const last = chunks.at(-1)
    if (last !== undefined && last.group === tile.group && last.rows === tile.rows && last.tiles < most) {
      chunks[chunks.length - 1] = { ...last, tiles: last.tiles + 1 }
    } else {
      const filters = 4 * filter * tile.oc
      chunks.push({ group: tile.group, oc: tile.oc, rows: tile.rows, tiles: 1, filters, width: tile.rows })
    }
  }
  return chunks
}

/** Where vectors hold output channels, so many of a chunk at most: filters of all but a group's last chunk fill theirs. @param filter the same */
export function chunksAcross(d: ConvDescriptor, filter: number, lanes: number, vectors: number): Chunk[] {
  return channelBlocks(d.oc, d.groups, filter - 1, lanes, vectors).map(({ group, oc, rows, vectors, packed }) => {
    return { group, oc, rows, tiles: 1, filters: packed, width: vectors * lanes }
  })
}

/** Vectors of output channels of a chunk: three hold sums of eight tiles, two of thirteen. */
const ACROSS = [3, 2] as const
/** Products that take as long as what comes after them, from sums of channels side by side to planes of theirs. */
export const STORED = 20
/** How often as long products of a single vector of tiles take: they wait for loads. */
const SINGLE = 1.07

/** Whether vectors of tiles have so many empty lanes that vectors of output channels take less. */
export function leavesLanes({ points, products, pitch, tiles }: ChunkSize, { registers }: MachineTraits): boolean {
  return registers >= MANY_REGISTERS && products * (pitch - tiles) >= points * STORED * tiles
}

/** Whether vectors of output channels, full but for some lanes, are the better ones where tiles are a single vector, each product of which waits for a number of a filter. */
export function fitsSingle(d: ConvDescriptor, { pitch }: ChunkSize, { lanes, registers }: MachineTraits): boolean {
  const perGroup = d.oc / d.groups
  return registers >= MANY_REGISTERS && pitch <= lanes && Math.ceil(perGroup / lanes) * lanes <= SINGLE * perGroup
}

/** How many vectors of output channels a chunk has at most, where they take less than vectors of tiles do, which may be partly empty; else 0. */
export function vectorsAcross(d: ConvDescriptor, size: ChunkSize, traits: MachineTraits, workers: number): number {
  if (!leavesLanes(size, traits) && !fitsSingle(d, size, traits)) return 0
  const [{ cells }, { lanes }] = [size, traits]
  const perGroup = d.oc / d.groups
  const units = (vectors: number) => cells * vectorParts(perGroup, lanes, vectors).length
  return ACROSS.find((vectors) => units(vectors) >= 2 * workers) ?? ACROSS.find((vectors) => units(vectors) >= workers) ?? 0
}

/** The same of few tiles, from filters that are transformed before: two hold their sums and are read for each number of a tile, unless workers would go without. */
export function vectorsOfFew(d: ConvDescriptor, { cells }: ChunkSize, { lanes }: MachineTraits, workers: number): number {
  return cells * vectorParts(d.oc / d.groups, lanes, 2).length >= workers ? 2 : 1
}
