// Multiplying on the matrix unit: up to 32 output channels by two lines of 16 outputs, three products for each of float32.
import type { Int, Machine } from '../../isa/machine.ts'
import { type Far, type MatrixUnit, ROW_BYTES, TILE_BYTES, TILE_ROWS, type Tile } from '../../isa/matrix-unit.ts'
import { copyOf } from '../move.ts'
import { BIAS_BYTES, LINE_BYTES, MATRIX_ARGS, REST_BYTES, STEP_BYTES } from './args.ts'
import type { Gather } from './gather.ts'

export interface Multiplying {
  /** Tiles of 16 channels, and lines: 1 or 2. */
  readonly rows: number
  readonly cols: number
  /** Whether sums begin with the biases, and not with what they are. */
  readonly first: boolean
}

/**
 * Emits sums of a block of channels: begun or taken up, every step added, kept where word `sums` says. One tile of them is kept after
 * every step already, which costs nothing: the first store of a tile after ten steps without one holds the processor up for 0.3 us.
 * @param weights where its weights begin; null: where word `weights` says
 * @param ahead begins what is done step by step beside the products
 */
export function emitMultiply(
  m: Machine,
  unit: MatrixUnit,
  { rows, cols, first }: Multiplying,
  weights: Int | null,
  ahead: (() => Gather) | null,
): void {
  m.scope(() => {
    const gather = ahead?.() ?? null
    const row = unit.distance(ROW_BYTES)
    const tiles = Array.from({ length: rows }, () => Array.from({ length: cols }, () => unit.tile()))
    const visit = (each: (tile: Tile, row: number, col: number) => void) =>
      tiles.forEach((line, r) => {
        line.forEach((tile, c) => each(tile, r, c))
      })
    /** Of tiles whose row and column come to no more. */
    const store = (most: number) =>
      m.scope(() => {
        const to = unit.far(m.arg(MATRIX_ARGS.sums))
        visit((tile, r, c) => r + c <= most && unit.storeTile(to, TILE_BYTES * r + LINE_BYTES * c, row, tile))
      })
    const begin = () => (weights === null ? m.arg(MATRIX_ARGS.weights) : copyOf(m, weights))
    m.scope(() => {
      const from = unit.far(first ? begin() : m.arg(MATRIX_ARGS.sums))
      visit((tile, r, c) => unit.loadTile(tile, from, TILE_BYTES * r + (first ? -BIAS_BYTES : LINE_BYTES * c), row))
    })
    m.scope(() => {
      const [a, b] = [unit.far(begin()), unit.far(m.arg(MATRIX_ARGS.pixels))]
      m.loop(m.arg(MATRIX_ARGS.steps), () => {
        emitStep(unit, tiles, a, b, row, gather)
        store(0)
        unit.advance(a, STEP_BYTES)
        unit.advance(b, STEP_BYTES)
        gather?.next()
      })
    })
    store(rows + cols)
  })
}

/**
 * Cache lines of a step's weights. Those of the step behind it are asked for: they come from far away, once for all pixels of a pair of
 * lines, and the processor by itself does not look beyond a page of 4 KiB, which a step is.
 */
const LINES = STEP_BYTES / ROW_BYTES

/**
 * Leading parts of weights by what is left of pixels and by their leading parts, then what is left of weights by those: nothing waits for
 * the product before. The product of what is left of both, at most 2^-16 of the whole, would take a third as long again. Between products
 * the rows of what is gathered meanwhile, and the next step's weights are asked for.
 */
function emitStep(unit: MatrixUnit, sums: readonly Tile[][], weights: Far, pixels: Far, row: Far, gather: Gather | null): void {
  const a = sums.map(() => unit.tile())
  const b = sums[0].map(() => unit.tile())
  const products = 3 * a.length * b.length
  let [done, gathered, asked] = [0, 0, 0]
  const round = (weightsAt: number | null, pixelsAt: number | null) => {
    a.forEach((tile, r) => {
      if (weightsAt !== null) unit.loadTile(tile, weights, weightsAt + TILE_BYTES * r, row)
      b.forEach((pixel, c) => {
        if (r === 0 && pixelsAt !== null) unit.loadTile(pixel, pixels, pixelsAt + TILE_BYTES * c, row)
        unit.multiply(sums[r][c], tile, pixel)
        done++
        for (; asked < (done * LINES) / products; asked++) unit.prefetch(weights, null, STEP_BYTES + ROW_BYTES * asked)
        for (; gather !== null && gathered < (done * TILE_ROWS) / products; gathered++) gather.row(gathered)
      })
    })
  }
  round(0, REST_BYTES)
  round(null, 0)
  round(REST_BYTES, null)
}
