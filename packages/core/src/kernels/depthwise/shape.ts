// The shape of a depthwise function: all that its code depends on.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { type Epilogue, epilogueOf } from '../epilogue.ts'
import { type Picture, pictureOf, rowsInside } from './picture.ts'
import { type Rows, readRows, rowsOf } from './rows.ts'
import { runsOf } from './runs.ts'
import { type DepthwiseTile, tileFor } from './tile.ts'

/** Kernels of more taps are summed column by column of the kernel: its weights are then read once a tile, and held for all rows. */
const MOST_TAPS_BY_ROWS = 9

export function byColumns([kh, kw]: readonly [number, number]): boolean {
  return kh > 1 && kh * kw > MOST_TAPS_BY_ROWS
}

/** What becomes of the pixels under a window: their products with weights are summed, or the largest of them is taken. */
export type Fold = 'sum' | 'max'
/** What padding is, which adds nothing to either. */
export const PADDING: Readonly<Record<Fold, number>> = { sum: 0, max: Number.NEGATIVE_INFINITY }

/** Neighbouring tiles: the first output row, the rows of each, and how many there are. */
export interface TileRows {
  readonly row: number
  readonly rows: number
  readonly count: number
}

/** All that the code of a depthwise function depends on, but for the number of tiles. */
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
  /** Where rows are read in place; null where they are staged. */
  readonly picture: Picture | null
  readonly tile: DepthwiseTile
  /** The tiles of a channel from above, those of the same code as one. */
  readonly tiles: readonly TileRows[]
  readonly epilogue: Epilogue
}

export function shapeFor(d: ConvDescriptor, traits: MachineTraits, fold: Fold = 'sum'): DepthwiseShape {
  const inPlace = shapeWith(d, traits, fold, pictureOf(readRows(d), traits))
  return inPlace.tiles.length <= MOST_TILES ? inPlace : shapeWith(d, traits, fold, null)
}
/** Tiles of different code at most. */
const MOST_TILES = 4

function shapeWith(d: ConvDescriptor, traits: MachineTraits, fold: Fold, picture: Picture | null): DepthwiseShape {
  const { step, d: read } = readRows(d)
  const rows = rowsOf(d, traits.lanes)
  const base = {
    traits,
    fold,
    kernel: [d.kernel[1], d.kernel[2]] as const,
    strideY: read.stride[1],
    rowStep: step,
    dilationY: d.dilation[1],
    rows: { ...rows, ...(picture && { rowFloats: step * rows.width }) },
    width: d.output[2],
    picture,
    epilogue: epilogueOf(d),
  }
  const tile = tileFor(base, d.output[1])
  return { ...base, tile, tiles: tilesOf(base, tile.rows, d.output[1]) }
}

function tilesOf(base: Omit<DepthwiseShape, 'tile' | 'tiles'>, most: number, height: number): TileRows[] {
  const { picture } = base
  const tileAt = (index: number) => ({ row: most * index, rows: Math.min(most, height - most * index) })
  const keyOf = (index: number) => JSON.stringify([tileAt(index).rows, picture && rowsInside(base, picture, tileAt(index))])
  return runsOf(Math.ceil(height / most), keyOf).map(({ first, count }) => ({ ...tileAt(first), count }))
}

/** An output row of a tile, and the row of the kernel that an input row meets there. */
export interface Meet {
  readonly row: number
  readonly kh: number
}

export type RowsBelow = Pick<DepthwiseShape, 'kernel' | 'strideY' | 'dilationY'>

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
