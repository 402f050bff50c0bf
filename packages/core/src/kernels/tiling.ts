// Tiles of output channels: as few as the registers allow, as equal as can be, so that no tile is mostly empty.
import type { MachineTraits } from '../isa/machine.ts'
import { spareRegisters, type TileShape, tileOf } from './tile.ts'

export interface ChannelTile {
  /** First output channel, all groups counted. */
  readonly oc: number
  readonly rows: number
  readonly group: number
  /** Where the tile's packed weights begin, in bytes. */
  readonly packed: number
}

/** Channel tiles of every group, of `most` rows at most; each packs a bias and `products` weights a row. */
export function channelTiles(
  oc: number,
  groups: number,
  products: number,
  traits: MachineTraits,
  most = tileOf(traits).rows,
): ChannelTile[] {
  const perGroup = oc / groups
  const count = Math.ceil(perGroup / most)
  const tiles: ChannelTile[] = []
  let packed = 0
  for (let group = 0; group < groups; group++) {
    let first = group * perGroup
    for (let index = 0; index < count; index++) {
      const rows = Math.floor(perGroup / count) + (index < perGroup % count ? 1 : 0)
      tiles.push({ oc: first, rows, group, packed })
      packed += tileBytes(rows, products)
      first += rows
    }
  }
  return tiles
}

/** More vectors of pixels than this gain nothing. */
const MOST_COLS = 4

/** The shape of a tile of so many rows: fewer rows leave registers for more pixels. */
export function shapeOf(rows: number, traits: MachineTraits): TileShape {
  const cols = Math.floor((traits.registers - spareRegisters(traits)) / (rows + 1))
  return { rows, cols: Math.min(MOST_COLS, cols) }
}

/** Bytes of a tile's packed weights. */
export function tileBytes(rows: number, products: number): number {
  return 4 * rows * (products + 1)
}

export function packedTileBytes(tiles: readonly ChannelTile[], products: number): number {
  const last = tiles[tiles.length - 1]
  return last.packed + tileBytes(last.rows, products)
}
