// The tile of the depthwise kernel: how many output rows by how many vectors are summed at once, and where weights are held.
import { epilogueRegisters } from '../epilogue.ts'
import { partedCost } from './parted.ts'
import { byColumns, type DepthwiseShape, inputRowCount } from './shape.ts'
import { thirdsCost } from './thirds.ts'

export interface DepthwiseTile {
  /** Output rows, and vectors of neighbouring pixels. */
  readonly rows: number
  readonly cols: number
  /** Whether all weights of a channel stay in registers; else they are read when they are needed. */
  readonly held: boolean
}

/** Tiles that are tried, of pixels that are moved and of others, and multiply-accumulates of vectors in one at most: each is an instruction. */
const [MOST_ROWS, MOST_MOVED_ROWS, MOST_COLS, MOST_MADDS] = [8, 6, 4, 1024]

type Base = Omit<DepthwiseShape, 'tile' | 'tiles'>

export function tileFor(base: Base, height: number): DepthwiseTile {
  let [best, least] = [{ rows: 1, cols: 1, held: false }, Number.POSITIVE_INFINITY]
  for (const tile of tilesFor(base, height)) {
    const cost = channelCost(base, tile, height)
    if (cost < least) [best, least] = [tile, cost]
  }
  return best
}

function* tilesFor(base: Base, height: number): Generator<DepthwiseTile> {
  const { traits, fold, kernel, width, epilogue } = base
  const taps = kernel[0] * kernel[1]
  const mostCols = Math.min(MOST_COLS, Math.ceil(width / traits.lanes))
  const product = traits.fused ? 0 : 1
  const [, , each, shared] = pixelCost(base)
  for (const held of fold === 'sum' ? [true, false] : [false]) {
    for (let rows = 1; rows <= Math.min(shared > 0 ? MOST_MOVED_ROWS : MOST_ROWS, height); rows++) {
      for (let cols = 1; cols <= mostCols; cols++) {
        const weights = held ? 0 : byColumns(kernel) ? kernel[0] : 1
        const spare = Math.max(cols * each + shared + weights + product, epilogueRegisters(epilogue))
        const registers = rows * cols + spare + (held ? taps : 0)
        if (registers <= traits.registers && taps * rows * cols <= MOST_MADDS) yield { rows, cols, held }
      }
    }
  }
}

/** What it takes to have the pixels under a vector of outputs. */
function pixelCost(base: Base): readonly [loads: number, shuffles: number, each: number, shared: number] {
  if (base.picture === null || base.rows.stride === 1) return [base.kernel[1], 0, 1, 0]
  return base.rows.stride === 2 ? partedCost(base.rows) : thirdsCost(base.rows)
}

/**
 * Half cycles of a channel, as far as tiles differ: two multiply-adds or shuffles, two loads or one store a cycle, and what a tile costs
 * by itself.
 */
export function channelCost(base: Base, { rows, cols, held }: DepthwiseTile, height: number): number {
  const [kh, kw] = base.kernel
  const [vectors, moved] = pixelCost(base)
  const cost = (tileRows: number, tileCols: number) => {
    if (tileRows === 0 || tileCols === 0) return 0
    const sums = tileRows * tileCols
    const lines = tileCols * inputRowCount(base, tileRows)
    const weights = held ? 0 : kh * kw * (byColumns(base.kernel) ? 1 : tileRows)
    const shuffles = moved === 0 ? 0 : moved * lines + 2 * sums + weights / 8
    const loads = vectors * lines + weights
    return Math.max(kh * kw * sums + shuffles, 1.5 * loads) + 3 * sums + TILE_COST
  }
  const { full, last } = columnsOf(base.width, cols, base.traits.lanes)
  const line = (tileRows: number) => full * cost(tileRows, cols) + cost(tileRows, last)
  return Math.floor(height / rows) * line(rows) + line(height % rows)
}
const TILE_COST = 8

/** Full tiles of a row, and vectors of the last one, which ends with the row. */
export function columnsOf(width: number, cols: number, lanes: number): { full: number; last: number } {
  const full = Math.floor(width / (cols * lanes))
  return { full, last: Math.ceil((width - full * cols * lanes) / lanes) }
}
