// The tiles of every block of pixels, and the tables that name them.
import { cover, type Part, type PixelShape } from './shape.ts'
import { TILE_WORDS } from './tile.ts'

/** Tiles of one shape in a block: entries of the tiles table from word `at` of the plan's tables on. */
export interface TileGroup {
  readonly shape: PixelShape
  readonly at: number
  readonly count: number
}

export interface PixelBlock {
  readonly pixels: number
  /** Bytes from the group's first plane to the pixel under the block's first, and from the channel's first output to it. */
  readonly x: number
  readonly y: number
  readonly tiles: readonly TileGroup[]
}

/** Bytes from a row and from a pixel of the output to the next, in x and in y. */
export type Ways = Pick<PixelShape, 'xRow' | 'xCol' | 'yRow'>

/** The tiles of every block, their table behind that of the runs; blocks of one size share theirs. `origin`: see `PixelBlock.x`. */
export function tiled(
  parts: readonly { readonly row: Part; readonly col: Part }[],
  runs: Int32Array,
  most: number,
  ways: Ways,
  origin: number,
): { blocks: PixelBlock[]; tables: Int32Array } {
  const words = [...runs]
  const known = new Map<string, TileGroup[]>()
  const blocks = parts.map(({ row, col }) => {
    const key = `${row.count}x${col.count}`
    const tiles = known.get(key) ?? tilesOf(row.count, col.count, most, ways, words)
    known.set(key, tiles)
    const x = origin + row.from * ways.xRow + col.from * ways.xCol
    return { pixels: row.count * col.count, x, y: row.from * ways.yRow + 4 * col.from, tiles }
  })
  return { blocks, tables: Int32Array.from(words) }
}

function tilesOf(rows: number, cols: number, most: number, { xRow, xCol, yRow }: Ways, words: number[]): TileGroup[] {
  const tiles = cover(rows, cols, most)
  const sizes = new Map(tiles.map((tile) => [`${tile.rows}x${tile.cols}`, tile]))
  return [...sizes.values()].map((size) => {
    const at = words.length
    for (const { row, col, ...tile } of tiles) {
      if (tile.rows === size.rows && tile.cols === size.cols) words.push(row * xRow + col * xCol, row * yRow + 4 * col)
    }
    const shape = {
      rows: size.rows,
      cols: size.cols,
      xRow: size.rows === 1 ? 0 : xRow,
      xCol: size.cols === 1 ? 0 : xCol,
      yRow: size.rows === 1 ? 0 : yRow,
    }
    return { shape, at, count: (words.length - at) / TILE_WORDS }
  })
}
