// How much of a Winograd convolution is done at once: tiles of a block, vectors and rows of a register tile.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { oddLines } from '../odd-lines.ts'
import { spareRegisters } from '../tile.ts'
import type { TileTransform } from './points.ts'
import { stripWidth, tilesOf } from './tiles.ts'

/** Tiles of a block that all workers share, and of one that a worker has alone: the factors of 64 or 128 channels, 36 points each, are half of a second cache. */
const [SHARED_TILES, BLOCK_TILES] = [48, 32]
/** Of volumes and of dilated tiles, whose blocks are whole rows of a register tile's width, tiles that are worth passing over all filters. */
const LEAST_TILES = 16
/** Rows of tiles are not cut where whole ones come to this many: each cut is a vector that is partly empty. */
const WHOLE_TILES = 28
/** From this many blocks of whole rows on they are small. */
const SMALL_BLOCKS = 7
/** Rows of a register tile at most: more gain nothing, and coarser tiles are harder to share. */
const MOST_ROWS = 16

/** Floats from a channel's products to the next's, of so many points each: those of a point are not on one set of a cache. */
export function productsPitch(points: number, pitch: number): number {
  return oddLines(points * pitch)
}

/** All tiles where they are few, else a fixed number: whole vectors of every machine, or whole rows. */
export function blockTiles(d: ConvDescriptor, t: TileTransform, traits: MachineTraits): number {
  const { lanes } = traits
  const all = tilesOf(d, t)
  const width = stripWidth(d, t)
  if (d.dilation[2] > 1 || d.kernel[0] > 1) {
    const most = Math.min(all, Math.max(LEAST_TILES, columnsFor(all, traits) * lanes))
    const rows = all / width
    return Math.ceil(rows / Math.ceil(rows / Math.max(1, Math.floor(most / width)))) * width
  }
  if (all <= Math.max(64, lanes)) return all
  if (all < SMALL_BLOCKS * WHOLE_TILES) return SHARED_TILES
  const rows = Math.floor(BLOCK_TILES / width) * width
  return rows >= WHOLE_TILES ? rows : BLOCK_TILES
}

/** Vectors of a register tile: three of many registers, or four at once where that is all there is; else two. */
export function columnsFor(vectors: number, traits: MachineTraits): number {
  if (traits.registers < 32) return Math.min(2, vectors)
  return vectors === 4 ? 4 : Math.min(3, vectors)
}

export function rowsFor(cols: number, traits: MachineTraits): number {
  return Math.min(MOST_ROWS, Math.floor((traits.registers - spareRegisters(traits)) / cols) - 1)
}
