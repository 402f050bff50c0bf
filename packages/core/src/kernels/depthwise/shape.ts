// The tile of the depthwise kernel: how many output rows by how many vectors are summed at once, and where weights are held.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { type Epilogue, epilogueOf, epilogueRegisters } from '../epilogue.ts'
import { type Rows, readRows, rowsOf } from './rows.ts'

export interface DepthwiseTile {
  /** Output rows, and vectors of neighbouring pixels. */
  readonly rows: number
  readonly cols: number
  /** Whether all weights of a channel stay in registers; else they are read when they are needed. */
  readonly held: boolean
}

/** Kernels of more taps are summed column by column of the kernel: its weights are then read once a tile, and held for all rows. */
const MOST_TAPS_BY_ROWS = 9

export function byColumns([kh, kw]: readonly [number, number]): boolean {
  return kh > 1 && kh * kw > MOST_TAPS_BY_ROWS
}

/** What becomes of the pixels under a window: their products with weights are summed, or the largest of them is taken. */
export type Fold = 'sum' | 'max'

/** All that the code of a depthwise function depends on. */
export interface DepthwiseShape {
  /** The machine that it is emitted for. */
  readonly traits: MachineTraits
  readonly fold: Fold
  readonly kernel: readonly [number, number]
  readonly strideY: number
  /** Rows of the picture from one that is staged to the next. */
  readonly rowStep: number
  readonly dilationY: number
  readonly rows: Rows
  readonly width: number
  readonly tile: DepthwiseTile
  /** Rows of the last tile where the height is no multiple of the tile's, else 0. */
  readonly lastRows: number
  readonly epilogue: Epilogue
}

/** Tiles that are tried, and multiply-accumulates of vectors in one at most: each is an instruction. */
const [MOST_ROWS, MOST_COLS, MOST_MADDS] = [8, 4, 1024]

/** Rows that half a vector holds are computed on half as many lanes: whole vectors would reach over two cache lines each. */
export function machineFor(d: ConvDescriptor, tier: MachineTraits): MachineTraits {
  const narrow = tier.lanes === NARROW.from && d.output[2] <= NARROW.lanes
  return narrow ? { ...tier, lanes: NARROW.lanes, registers: NARROW.registers } : tier
}
/** The one machine with vectors of two widths, and what it has of the narrower ones where it is emitted for them. */
const NARROW = { from: 16, lanes: 8, registers: 16 }

export function shapeFor(d: ConvDescriptor, traits: MachineTraits, fold: Fold = 'sum'): DepthwiseShape {
  const rows = rowsOf(d, traits.lanes)
  const { step, d: read } = readRows(d)
  const base = {
    traits,
    fold,
    kernel: [d.kernel[1], d.kernel[2]] as const,
    strideY: read.stride[1],
    rowStep: step,
    dilationY: d.dilation[1],
    rows,
    width: d.output[2],
    epilogue: epilogueOf(d),
  }
  let [best, least] = [{ rows: 1, cols: 1, held: false }, Number.POSITIVE_INFINITY]
  for (const tile of tilesFor(base, d.output[1], traits)) {
    const cost = channelCost(base, tile, d.output[1], traits)
    if (cost < least) [best, least] = [tile, cost]
  }
  return { ...base, tile: best, lastRows: d.output[1] % best.rows }
}

type Base = Omit<DepthwiseShape, 'tile' | 'lastRows'>

function* tilesFor({ fold, kernel, width, epilogue }: Base, height: number, traits: MachineTraits): Generator<DepthwiseTile> {
  const taps = kernel[0] * kernel[1]
  const mostCols = Math.min(MOST_COLS, Math.ceil(width / traits.lanes))
  const product = traits.fused ? 0 : 1
  for (const held of fold === 'sum' ? [true, false] : [false]) {
    for (let rows = 1; rows <= Math.min(MOST_ROWS, height); rows++) {
      for (let cols = 1; cols <= mostCols; cols++) {
        const weights = held ? 0 : byColumns(kernel) ? kernel[0] : 1
        const spare = Math.max(cols + weights + product, epilogueRegisters(epilogue))
        const registers = rows * cols + spare + (held ? taps : 0)
        if (registers <= traits.registers && taps * rows * cols <= MOST_MADDS) yield { rows, cols, held }
      }
    }
  }
}

/** Half cycles of a channel, as far as tiles differ: two multiply-adds, two loads or one store a cycle, and what a tile costs by itself. */
export function channelCost(base: Base, { rows, cols, held }: DepthwiseTile, height: number, { lanes }: MachineTraits): number {
  const [kh, kw] = base.kernel
  const cost = (tileRows: number, tileCols: number) => {
    if (tileRows === 0 || tileCols === 0) return 0
    const products = tileRows * tileCols * kh * kw
    const weights = held ? 0 : kh * kw * (byColumns(base.kernel) ? 1 : tileRows)
    const loads = tileCols * kw * inputRowCount(base, tileRows) + weights
    return Math.max(products, 1.5 * loads) + 3 * tileRows * tileCols + TILE_COST
  }
  const { full, last } = columnsOf(base.width, cols, lanes)
  const line = (tileRows: number) => full * cost(tileRows, cols) + cost(tileRows, last)
  return Math.floor(height / rows) * line(rows) + line(height % rows)
}
const TILE_COST = 8

/** Full tiles of a row, and vectors of the last one, which ends with the row. */
export function columnsOf(width: number, cols: number, lanes: number): { full: number; last: number } {
  const full = Math.floor(width / (cols * lanes))
  return { full, last: Math.ceil((width - full * cols * lanes) / lanes) }
}

/** An output row of a tile, and the row of the kernel that an input row meets there. */
export interface Meet {
  readonly row: number
  readonly kh: number
}

type RowsBelow = Pick<DepthwiseShape, 'kernel' | 'strideY' | 'dilationY'>

/** How many `inputRows` are: an input row is counted where the kernel meets it first. */
export function inputRowCount({ kernel: [kh], strideY, dilationY }: RowsBelow, rows: number): number {
  const common = gcd(strideY, dilationY)
  return rows * kh - Math.max(0, rows - dilationY / common) * Math.max(0, kh - strideY / common)
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** The input rows under `rows` output rows, in order: how far below the first, and which row of the kernel meets which output row there. */
export function inputRows({ kernel, strideY, dilationY }: RowsBelow, rows: number): { at: number; meets: Meet[] }[] {
  const found = new Map<number, Meet[]>()
  for (let row = 0; row < rows; row++) {
    for (let kh = 0; kh < kernel[0]; kh++) {
      const at = row * strideY + kh * dilationY
      found.set(at, [...(found.get(at) ?? []), { row, kh }])
    }
  }
  return [...found].map(([at, meets]) => ({ at, meets })).sort((a, b) => a.at - b.at)
}
