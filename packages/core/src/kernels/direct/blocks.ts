// The output of one item cut into blocks of rows: what a tile function is called with, and which products it sums.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { sourceIndex } from '../../conv/output-shape.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { panelPixels, panelRuns } from '../panel.ts'
import type { TileShape } from '../tile.ts'
import { type Segment, segmentsOf } from './axis.ts'
import type { Layout } from './layout.ts'
import { type LiveTaps, type Product, productCount, runCount, runsOf } from './order.ts'

export interface Block {
  /** Bytes from the group's first plane to the input pixel under output pixel 0; may point before or after it. */
  readonly x: number
  /** Bytes from the output channel's first pixel to the block's. */
  readonly y: number
  readonly rows: number
  readonly cols: number
  /** Pixels from the first to the last, those between the rows counted: rows are computed as one flat line. */
  readonly pixels: number
  /** Bytes in y from a row to the next and from a column to the next. */
  readonly yRow: number
  readonly yCol: number
  /** The runs table: its first word within the plan's tables, and its entries. */
  readonly runs: number
  readonly runCount: number
  /** The same of tiles that read a panel. */
  readonly panelRuns: number
  readonly panelRunCount: number
  readonly products: number
}

/** Multiply-accumulates of one output channel in a block at most: a cancelled run ends after one tile of it. */
const BLOCK_MACS = 1 << 20
/** Bytes of input under a block, so that it stays in the second cache while all output channels pass over it. */
const BLOCK_BYTES = 384 * 1024
/** Blocks of all channel tiles at least, so that workers end at much the same time. */
const LEAST_UNITS = 48
/** Pixels below which a block is cut for neither. */
const LEAST_PIXELS = 144

/** Of tiles that read one; null where they read pixels in place. */
export type Panel = { readonly shape: TileShape; readonly traits: MachineTraits } | null
const NO_RUNS = new Int32Array(0)

export interface Segments {
  readonly rows: readonly Segment[]
  readonly cols: readonly Segment[]
}

export function segments(d: ConvDescriptor, split: boolean): Segments {
  return { rows: segmentsOf(d, 1, split && d.paddingMode === 'zeros'), cols: segmentsOf(d, 2, false) }
}

/** Cuts the output into blocks and collects the distinct runs tables that they use. */
export function blocksOf(
  d: ConvDescriptor,
  layout: Layout,
  { rows, cols }: Segments,
  products: readonly Product[],
  tiles: number,
  widest: number,
  panel: Panel,
): { blocks: Block[]; tables: Int32Array } {
  const tables: Int32Array[] = []
  const known = new Map<string, { first: number; table: Int32Array; panelTable: Int32Array }>()
  let words = 0
  const blocks: Block[] = []
  const tableFor = (key: string, live: LiveTaps) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const table = runsOf(d, layout, products, live)
    const entry = { first: words, table, panelTable: panel === null ? NO_RUNS : panelRuns(table, panel.shape, panel.traits) }
    known.set(key, entry)
    tables.push(table, entry.panelTable)
    words += table.length + entry.panelTable.length
    return entry
  }
  for (let od = 0; od < d.output[0]; od++) {
    const { base, taps: depth } = depthTaps(d, od)
    rows.forEach((row, rowIndex) => {
      cols.forEach((col, colIndex) => {
        const key = `${depth.map(({ tap, plane }) => `${tap}:${plane}`).join()} ${rowIndex} ${colIndex}`
        const { first, table, panelTable } = tableFor(key, { depth, height: row.taps, width: col.taps })
        const runs = {
          runs: first,
          runCount: runCount(table),
          panelRuns: first + table.length,
          panelRunCount: runCount(panelTable),
          products: productCount(table),
        }
        const most = mostPixels(d, layout, runs.products, tiles, panel !== null)
        for (const part of cut(layout, linesOf(d, layout, row, col), most, widest)) {
          blocks.push({ ...part, ...runs, ...placeOf(d, layout, od, base, row, col, part) })
        }
      })
    })
  }
  const joined = new Int32Array(words)
  let at = 0
  for (const table of tables) {
    joined.set(table, at)
    at += table.length
  }
  return { blocks, tables: joined }
}

interface Part {
  readonly row: number
  readonly col: number
  readonly rows: number
  readonly cols: number
  readonly pixels: number
}

function placeOf(d: ConvDescriptor, layout: Layout, od: number, base: number, row: Segment, col: Segment, part: Part) {
  const [, oh, ow] = d.output
  const [gridRow, gridCol] = [row.start + part.row, col.start + part.col]
  const outRow = row.origin + row.step * gridRow
  const outCol = col.origin + col.step * gridCol
  const x = base * layout.planeFloats + layout.lead + (gridRow - layout.firstRow) * layout.pitch + gridCol - layout.firstCol
  return { x: 4 * x, y: 4 * ((od * oh + outRow) * ow + outCol), yRow: 4 * row.step * ow, yCol: 4 * col.step }
}

/** The planes under output plane `od`: relative to a base that moves along, so that inner planes share a table. */
function depthTaps(d: ConvDescriptor, od: number): { base: number; taps: { tap: number; plane: number }[] } {
  const [n, k, s, dilation, before] = [d.input[0], d.kernel[0], d.stride[0], d.dilation[0], d.before[0]]
  const base = d.transposed ? Math.floor(od / s) : od * s
  const taps = []
  for (let tap = 0; tap < k; tap++) {
    const reach = d.transposed ? (od + before - tap * dilation) / s : od * s + tap * dilation - before
    if (!Number.isInteger(reach)) continue
    const plane = sourceIndex(reach, n, d.paddingMode)
    if (plane >= 0) taps.push({ tap, plane: plane - base })
  }
  return { base, taps }
}

/** Rows that leave nothing between them are one. */
export function linesOf(d: ConvDescriptor, layout: Layout, row: Segment, col: Segment): [rows: number, cols: number] {
  const dense = col.count === layout.pitch && col.count === d.output[2] && row.step === 1 && col.step === 1
  return dense ? [1, row.count * col.count] : [row.count, col.count]
}

/** Pixels of a block at most, of so many products and tiles of channels. */
export function mostPixels(d: ConvDescriptor, layout: Layout, products: number, tiles: number, hasPanel = false): number {
  const planes = (d.ic / d.groups) * Math.min(d.kernel[0], d.input[0]) * layout.phases.length
  const byUnits = (d.output[0] * d.output[1] * layout.pitch * tiles) / LEAST_UNITS
  const wanted = Math.max(Math.min(BLOCK_BYTES / (4 * planes), byUnits), LEAST_PIXELS)
  const most = hasPanel ? panelPixels(products) : wanted
  return Math.max(1, Math.floor(Math.min(wanted, most, BLOCK_MACS / Math.max(1, products))))
}

/** Cuts `rows` of `cols` pixels into blocks of `most` pixels, about. */
function cut(layout: Layout, [rows, cols]: [number, number], most: number, widest: number): Part[] {
  const parts: Part[] = []
  const rowsEach = Math.max(1, Math.floor((most - cols) / layout.pitch) + 1)
  const colParts = rowsEach === 1 ? shares(cols, Math.ceil(cols / most), widest) : [{ from: 0, count: cols }]
  for (const row of shares(rows, Math.ceil(rows / rowsEach), 1)) {
    for (const col of colParts) {
      const pixels = (row.count - 1) * layout.pitch + col.count
      parts.push({ row: row.from, col: col.from, rows: row.count, cols: col.count, pixels })
    }
  }
  return parts
}

/** `total` in `parts` near equal shares, multiples of `step` but for the last, which is no shorter. */
function shares(total: number, parts: number, step: number): { from: number; count: number }[] {
  const each = Math.ceil(total / parts / step) * step
  const count = Math.max(1, Math.floor(total / each) + (total % each >= step ? 1 : 0))
  return Array.from({ length: count }, (_, index) => {
    const from = index * each
    return { from, count: index === count - 1 ? total - from : each }
  })
}
