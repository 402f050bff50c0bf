// Where the tiles of a Winograd convolution lie: blocks of them, and the groups of neighbours that a vector holds.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { type Axis, axisOf, firstOf, outputsOf, periodOf } from './axis.ts'
import type { TileTransform, Transform } from './points.ts'

/** Tiles side by side that are staged together: a strip of the picture from top to bottom. */
const STRIP = 32

/** Up to `lanes` tiles side by side in a row of tiles: of whole periods, but for the last. */
export interface Group {
  /** Floats from the block's first staged row to the group's first pixel. */
  readonly staged: number
  /** Number of its first tile in the block. */
  readonly tile: number
  /** Floats from an output channel's first pixel to the group's, and how much of the output it holds. */
  readonly y: number
  readonly rows: number
  readonly cols: number
}

/** Consecutive tiles of a strip, row after row. */
export interface Block {
  readonly tiles: number
  readonly groups: readonly Group[]
  /** Staged rows, and columns of a line: from which of the picture on, before it where there is padding. */
  readonly height: number
  readonly cols: number
  readonly top: number
  readonly left: number
}

/**
 * Pixels of column c, counted from the first of the strip: of period c / dilation / (m stride) and phase (c / dilation) % (m stride), at
 * period dilation + c % dilation.
 */
export interface Staging {
  readonly phases: number
  /** Floats of a phase of a row. A group reads a vector from any tile of the strip on, and the pixels after the tile. */
  readonly phaseFloats: number
  readonly rowFloats: number
  /** Floats of the line that a row passes through. */
  readonly lineFloats: number
}

/** @param dilation and `stride` of the width */
export function stagingOf({ m, n }: Transform, dilation: number, stride: number, lanes: number): Staging {
  const phaseFloats = Math.ceil((STRIP + dilation * Math.floor((n - 1) / m) + lanes) / 16) * 16
  const rowFloats = stride * m * phaseFloats
  return { phases: stride * m, phaseFloats, rowFloats, lineFloats: rowFloats + Math.ceil(lanes / 16) * 16 }
}

/** Pixels of a line from which vectors of a phase are staged follow each other so: those of a period, or as many as a vector holds. */
export function stagedStep(dilation: number, lanes: number): number {
  return dilation === 1 ? lanes : dilation
}

/** How often vectors of all phases are staged of so many columns. */
export function piecesOf(cols: number, phases: number, step: number): number {
  return Math.ceil(cols / (phases * step))
}

export function tilesOf(d: ConvDescriptor, { y, x }: TileTransform): number {
  return axisOf(d, y.m, 1).tiles * axisOf(d, x.m, 2).tiles
}

/** Tiles of a row of the widest strip, which is one of whole periods. */
export function stripWidth(d: ConvDescriptor, { x }: TileTransform): number {
  const across = axisOf(d, x.m, 2)
  return Math.min(across.tiles, Math.ceil(periodsOf(across) / stripsOf(across)) * across.dilation)
}

function periodsOf({ tiles, dilation }: Axis): number {
  return Math.ceil(tiles / dilation)
}

function stripsOf(axis: Axis): number {
  return Math.ceil(periodsOf(axis) / Math.floor(STRIP / axis.dilation))
}

/** Tiles of a group at most: lanes that a period does not fill are left empty. */
export function groupTiles(dilation: number, lanes: number): number {
  return lanes - (lanes % dilation)
}

/** About what `blocksOf` gives, counted without making them: blocks, groups of all, and tiles of the largest block. */
export function countBlocks(d: ConvDescriptor, t: TileTransform, lanes: number, most: number) {
  const [rows, across, width] = [axisOf(d, t.y.m, 1), axisOf(d, t.x.m, 2), stripWidth(d, t)]
  const strips = stripsOf(across)
  const parts = Math.ceil((rows.tiles * width) / most)
  // A block that ends within a row cuts a group.
  const cut = most % width === 0 ? 0 : parts - 1
  const each = rows.tiles * Math.ceil(width / groupTiles(across.dilation, lanes)) + cut
  return { blocks: strips * parts, groups: strips * each, tiles: Math.min(most, rows.tiles * width) }
}

/** Every tile once, in blocks of `most` at most. */
export function blocksOf(d: ConvDescriptor, t: TileTransform, lanes: number, most: number): Block[] {
  const [rows, cols] = [axisOf(d, t.y.m, 1), axisOf(d, t.x.m, 2)]
  const [periods, strips] = [periodsOf(cols), stripsOf(cols)]
  const place = {
    rows,
    cols,
    rowFloats: stagingOf(t.x, cols.dilation, cols.stride, lanes).rowFloats,
    most: groupTiles(cols.dilation, lanes),
  }
  return Array.from({ length: strips }, (_, strip) => {
    const [first, end] = [strip, strip + 1].map((at) => Math.floor((at * periods) / strips) * cols.dilation)
    return stripBlocks({ ...place, first, width: Math.min(end, cols.tiles) - first }, most)
  }).flat()
}

/** Tiles [first, first + width) of all rows, staged at rows so far apart, in groups of so many at most. */
interface Strip {
  readonly rows: Axis
  readonly cols: Axis
  readonly rowFloats: number
  readonly most: number
  readonly first: number
  readonly width: number
}

function stripBlocks(strip: Strip, most: number): Block[] {
  const all = strip.rows.tiles * strip.width
  // Periods are not cut.
  const each = strip.cols.dilation === 1 ? most : most - (most % strip.width)
  const blocks: Block[] = []
  for (let from = 0; from < all; from += each) blocks.push(blockAt(strip, from, Math.min(each, all - from)))
  return blocks
}

function blockAt(strip: Strip, from: number, tiles: number): Block {
  const { rows, cols, first, width } = strip
  const [top, bottom] = [Math.floor(from / width), Math.floor((from + tiles - 1) / width)]
  return {
    tiles,
    groups: groupsOf(strip, from, tiles),
    height: reachOf(rows, top, bottom),
    cols: reachOf(cols, first, first + width - 1),
    top: rows.stride * periodOf(rows, top) + rows.first,
    left: cols.stride * periodOf(cols, first) + cols.first,
  }
}

/** Pixels from the beginning of the first tile's period that the periods up to the last tile's read. */
function reachOf(axis: Axis, first: number, last: number): number {
  return axis.stride * (periodOf(axis, last) - periodOf(axis, first)) + axis.reach + axis.dilation - 1
}

/** The part of [start, start + count) that lies in [0, n): how far from the start, how many, and from where. */
export function realPart(start: number, count: number, n: number): { lead: number; count: number; from: number } {
  const from = Math.min(Math.max(0, start), n)
  const real = Math.max(0, Math.min(start + count, n) - from)
  return { lead: real === 0 ? 0 : from - start, count: real, from: real === 0 ? 0 : from }
}

function groupsOf({ rows, cols, rowFloats, most, first, width }: Strip, from: number, tiles: number): Group[] {
  const top = periodOf(rows, Math.floor(from / width))
  const groups: Group[] = []
  for (let tile = 0; tile < tiles; ) {
    const [row, col] = [Math.floor((from + tile) / width), (from + tile) % width]
    const count = Math.min(most, width - col, tiles - tile)
    const [y, left] = [firstOf(rows, row), firstOf(cols, first + col)]
    groups.push({
      staged: rows.stride * (y - top) * rowFloats + col,
      tile,
      y: y * cols.output + left,
      rows: outputsOf(rows, row),
      cols: Math.min(cols.m * count, cols.output - left),
    })
    tile += count
  }
  return groups
}
