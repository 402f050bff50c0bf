// The tile of the planes kernel: how many output rows by how many vectors are summed at once over the channels of a band.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { type Rows, readRows, rowsOf } from '../depthwise/rows.ts'
import { inputRowCount } from '../depthwise/shape.ts'
import { machineFor } from '../narrow.ts'
import { NOMINAL } from '../nominal.ts'

export interface PlanesTile {
  /** Output rows, and vectors of neighbouring pixels. */
  readonly rows: number
  readonly cols: number
  /** Whether a column of the kernel stays in registers for all rows; else weights are read one by one. */
  readonly column: boolean
}

/** All that the code of a planes function depends on. */
export interface PlanesShape {
  /** The machine that it is emitted for. */
  readonly traits: MachineTraits
  readonly kernel: readonly [number, number]
  readonly strideY: number
  /** Rows of the picture from one that is staged to the next. */
  readonly rowStep: number
  readonly dilationY: number
  readonly rows: Rows
  /** Whether each channel is summed by itself before it is added: of few outputs the next product would wait for the one before. */
  readonly apart: boolean
  /** Vectors of an output row: lanes behind its last pixel are summed too, and dropped. */
  readonly vectors: number
  readonly tile: PlanesTile
  /** Rows of the last tile where the height is no multiple of the tile's, else 0. */
  readonly lastRows: number
  /** Lines of a channel of the next band that a tile asks for while it multiplies one of this. */
  readonly ahead: number
}

/** Bytes of a line of the cache. */
export const LINE = 64

/** Tiles that are tried, and multiply-accumulates of vectors in one at most: each is an instruction. */
const [MOST_ROWS, MOST_COLS, MOST_MADDS] = [8, 4, 1024]

/** Vectors of outputs of the nominal machine that are few: the order of sums depends on the convolution alone. */
const FEW_VECTORS = 2

export function shapeFor(d: ConvDescriptor, tier: MachineTraits): Omit<PlanesShape, 'ahead'> {
  const traits = machineFor(d.output[2], tier)
  const { step, d: read } = readRows(d)
  const base = {
    traits,
    kernel: [d.kernel[1], d.kernel[2]] as const,
    strideY: read.stride[1],
    rowStep: step,
    dilationY: d.dilation[1],
    rows: rowsOf(d, traits.lanes),
    apart: d.output[1] * Math.ceil(d.output[2] / NOMINAL.lanes) <= FEW_VECTORS,
    vectors: Math.ceil(d.output[2] / traits.lanes),
  }
  let [best, least] = [{ rows: 1, cols: 1, column: false }, Number.POSITIVE_INFINITY]
  for (const tile of tilesFor(base, d.output[1])) {
    const cost = planeCost(base, tile, d.output[1])
    if (cost < least) [best, least] = [tile, cost]
  }
  return { ...base, tile: best, lastRows: d.output[1] % best.rows }
}

type Base = Omit<PlanesShape, 'tile' | 'lastRows' | 'ahead'>

function* tilesFor({ kernel, apart, vectors, traits }: Base, height: number): Generator<PlanesTile> {
  const product = traits.fused ? 0 : 1
  for (const column of [true, false]) {
    for (let rows = 1; rows <= Math.min(MOST_ROWS, height); rows++) {
      for (let cols = 1; cols <= Math.min(MOST_COLS, vectors); cols++) {
        const registers = (apart ? 2 : 1) * rows * cols + cols + (column ? kernel[0] : 1) + product
        if (registers <= traits.registers && kernel[0] * kernel[1] * rows * cols <= MOST_MADDS) yield { rows, cols, column }
      }
    }
  }
}

/**
 * Half cycles of a channel for one output channel: two multiply-adds, two loads or one store a cycle, sums that wait for themselves,
 * and what a tile costs by itself.
 */
export function planeCost(base: Base, { rows, cols, column }: PlanesTile, height: number): number {
  const [kh, kw] = base.kernel
  const cost = (tileRows: number, tileCols: number) => {
    if (tileRows === 0 || tileCols === 0) return 0
    const products = tileRows * tileCols * kh * kw
    const loads = tileCols * kw * inputRowCount(base, tileRows) + (column ? kh * kw : kh * kw * tileRows)
    if (base.apart) return Math.max(products, SPLIT_LOADS * loads, LATENCY) + tileRows * tileCols + TILE_COST
    return Math.max(products, SPLIT_LOADS * loads, LATENCY * kh * kw) + TILE_COST
  }
  const line = (tileRows: number) => Math.floor(base.vectors / cols) * cost(tileRows, cols) + cost(tileRows, base.vectors % cols)
  return Math.floor(height / rows) * line(rows) + line(height % rows)
}
const [SPLIT_LOADS, LATENCY, TILE_COST] = [1.5, 8, 12]
