// Where the tiles of a Winograd convolution lie: blocks of them, and the groups of neighbours that a vector holds.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { Transform } from './points.ts'

/** Tiles side by side that are staged together: a strip of the picture from top to bottom. */
const STRIP = 32

/** Up to `lanes` tiles side by side in a row of tiles. */
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
  /** Staged rows, and which of them come from the picture: the others are zeros. */
  readonly height: number
  readonly firstReal: number
  readonly realRows: number
  /** Where a row begins in its line, and the floats that come from the picture. */
  readonly lead: number
  readonly realCols: number
  /** Floats from an input channel's first pixel to the first that is staged. */
  readonly x: number
  /** Columns of a line. */
  readonly cols: number
}

/** Pixels of tile column c, counted from the first of the strip: phase c % m, at c / m. */
export interface Staging {
  /** Floats of a phase of a row. A group reads a vector from any tile of the strip on, and the pixels after the tile. */
  readonly phaseFloats: number
  readonly rowFloats: number
  /** Floats of the line that a row passes through. */
  readonly lineFloats: number
}

export function stagingOf({ m, n }: Transform, lanes: number): Staging {
  const phaseFloats = Math.ceil((STRIP + Math.floor((n - 1) / m) + lanes) / 16) * 16
  return { phaseFloats, rowFloats: m * phaseFloats, lineFloats: m * phaseFloats }
}

export function tilesOf(d: ConvDescriptor, { m }: Transform): number {
  return Math.ceil(d.output[1] / m) * Math.ceil(d.output[2] / m)
}

/** Tiles of a row of the widest strip. */
export function stripWidth(d: ConvDescriptor, { m }: Transform): number {
  const across = Math.ceil(d.output[2] / m)
  return Math.ceil(across / Math.ceil(across / STRIP))
}

/** About what `blocksOf` gives, counted without making them: blocks, groups of all, and tiles of the largest block. */
export function countBlocks(d: ConvDescriptor, t: Transform, lanes: number, most: number) {
  const [down, width] = [Math.ceil(d.output[1] / t.m), stripWidth(d, t)]
  const strips = Math.ceil(Math.ceil(d.output[2] / t.m) / STRIP)
  const parts = Math.ceil((down * width) / most)
  // A block that ends within a row cuts a group.
  const cut = most % width === 0 ? 0 : parts - 1
  return { blocks: strips * parts, groups: strips * (down * Math.ceil(width / lanes) + cut), tiles: Math.min(most, down * width) }
}

/** Every tile once, in blocks of `most` at most. */
export function blocksOf(d: ConvDescriptor, t: Transform, lanes: number, most: number): Block[] {
  const across = Math.ceil(d.output[2] / t.m)
  const strips = Math.ceil(across / STRIP)
  return Array.from({ length: strips }, (_, strip) => {
    const first = Math.floor((strip * across) / strips)
    return stripBlocks(d, t, lanes, most, first, Math.floor(((strip + 1) * across) / strips) - first)
  }).flat()
}

function stripBlocks(d: ConvDescriptor, t: Transform, lanes: number, most: number, first: number, width: number): Block[] {
  const all = Math.ceil(d.output[1] / t.m) * width
  const blocks: Block[] = []
  for (let from = 0; from < all; from += most) blocks.push(blockAt(d, t, lanes, first, width, from, Math.min(most, all - from)))
  return blocks
}

function blockAt(
  d: ConvDescriptor,
  t: Transform,
  lanes: number,
  first: number,
  width: number,
  from: number,
  tiles: number,
): Block {
  const { m, r } = t
  const [top, bottom] = [Math.floor(from / width), Math.floor((from + tiles - 1) / width)]
  const height = m * (bottom - top + 1) + r - 1
  const rows = realPart(m * top - d.before[1], height, d.input[1])
  const cols = realPart(m * first - d.before[2], m * width + r - 1, d.input[2])
  return {
    tiles,
    groups: groupsOf(d, t, lanes, first, width, from, tiles),
    height,
    firstReal: rows.lead,
    realRows: rows.count,
    lead: cols.lead,
    realCols: cols.count,
    x: rows.from * d.input[2] + cols.from,
    cols: m * width + r - 1,
  }
}

/** The part of [start, start + count) that lies in [0, n). */
function realPart(start: number, count: number, n: number): { lead: number; count: number; from: number } {
  const from = Math.min(Math.max(0, start), n)
  const real = Math.max(0, Math.min(start + count, n) - from)
  return { lead: real === 0 ? 0 : from - start, count: real, from: real === 0 ? 0 : from }
}

function groupsOf(
  d: ConvDescriptor,
  t: Transform,
  lanes: number,
  first: number,
  width: number,
  from: number,
  tiles: number,
): Group[] {
  const { m } = t
  const { rowFloats } = stagingOf(t, lanes)
  const [, oh, ow] = d.output
  const top = Math.floor(from / width)
  const groups: Group[] = []
  for (let tile = 0; tile < tiles; ) {
    const [row, col] = [Math.floor((from + tile) / width), (from + tile) % width]
    const count = Math.min(lanes, width - col, tiles - tile)
    const left = m * (first + col)
    groups.push({
      staged: m * (row - top) * rowFloats + col,
      tile,
      y: m * row * ow + left,
      rows: Math.min(m, oh - m * row),
      cols: Math.min(m * count, ow - left),
    })
    tile += count
  }
  return groups
}
