// Where the pixels of an item lie: in place, or staged as planes with their padding, one a stride phase or column of the kernel.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { sourceIndex } from '../../conv/output-shape.ts'
import { oddLines } from '../odd-lines.ts'
import type { Segment, Tap } from './axis.ts'
import { STAGE_SLACK } from './rows.ts'

/** One phase of the planes: pixels of a stride phase of height and width, for one column of the kernel or for all (null). */
export interface Phase {
  readonly y: number
  readonly x: number
  readonly column: Tap | null
}

/** Element (plane, phase, row, col) is at plane planeFloats + phase phaseFloats + lead + (row - firstRow) pitch + (col - firstCol). */
export interface Layout {
  readonly staged: boolean
  readonly pitch: number
  readonly planeFloats: number
  readonly phaseFloats: number
  readonly lead: number
  readonly firstRow: number
  readonly rows: number
  readonly firstCol: number
  /** Columns that hold pixels; the rest of the pitch is zeros. */
  readonly cols: number
  /** The phases that some tap reads. */
  readonly phases: readonly Phase[]
}

/** The item where it lies: plane after plane, nothing added. */
export function inPlace(d: ConvDescriptor): Layout {
  const [, h, w] = d.input
  const plane = h * w
  return {
    staged: false,
    pitch: w,
    planeFloats: plane,
    phaseFloats: plane,
    lead: 0,
    firstRow: 0,
    rows: h,
    firstCol: 0,
    cols: w,
    phases: [{ y: 0, x: 0, column: null }],
  }
}

/** Whether the taps read only pixels that the item has, at stride 1. */
export function readsInPlace(d: ConvDescriptor, rows: readonly Segment[], cols: readonly Segment[]): boolean {
  const inside = (segments: readonly Segment[], n: number) => {
    const [low, high] = reach(segments)
    return low >= 0 && high <= n
  }
  return (d.transposed || (d.stride[1] === 1 && d.stride[2] === 1)) && inside(rows, d.input[1]) && inside(cols, d.input[2])
}

/**
 * Staged planes. Rows follow each other at a pitch that leaves just enough zeros between them: the padding after one row
 * is the padding before the next.
 */
export function stagedLayout(d: ConvDescriptor, rows: readonly Segment[], cols: readonly Segment[]): Layout {
  const strideX = d.transposed ? 1 : d.stride[2]
  const [rowLow, rowHigh] = reach(rows)
  const [colLow, colHigh] = reach(cols)
  const widest = cols.reduce((most, { count }) => Math.max(most, count), 1)
  const phases = phasesOf(rows).flatMap((y) => phasesOf(cols).map((x) => ({ y, x, column: null })))
  const zeros = d.paddingMode === 'zeros'
  const firstCol = zeros ? Math.max(0, colLow) : colLow
  const lead = zeros ? Math.max(0, -colLow) : 0
  const realCols = zeros ? Math.max(0, Math.min(Math.ceil(d.input[2] / strideX), colHigh) - firstCol) : colHigh - colLow
  const gap = Math.max(lead, colHigh - firstCol - realCols)
  const pitch = Math.max(realCols + gap, widest)
  return { ...planes(lead, rowLow, rowHigh - rowLow, pitch, phases), lead, firstCol, cols: realCols }
}

/** The same planes with fewer rows: those that so many rows of the output read, from its first row on. */
export function windowOf(layout: Layout, outputRows: number, fewer: number): Layout {
  const { lead, firstRow, rows, pitch, phases } = layout
  return { ...layout, ...planes(lead, firstRow, rows - outputRows + fewer, pitch, phases) }
}

/**
 * Staged planes of a phase for every column of the kernel, moved so that output columns read their own: rows are as far apart as
 * those of the output, and what falls on padding is zero. For taps in the order of summation, of a convolution with one grid.
 */
export function columnLayout(rows: readonly Segment[], [col]: readonly Segment[], every: number): Layout {
  const [rowLow, rowHigh] = reach(rows)
  const order = Array.from({ length: every }, (_, first) => col.taps.filter(({ tap }) => tap % every === first)).flat()
  const phases = phasesOf(rows).flatMap((y) => order.map((tap) => ({ y, x: tap.phase, column: tap })))
  return { ...planes(0, rowLow, rowHigh - rowLow, col.count, phases), lead: 0, firstCol: 0, cols: col.count }
}

function planes(lead: number, firstRow: number, rows: number, pitch: number, phases: readonly Phase[]) {
  const phaseFloats = roundUp(lead + rows * pitch + STAGE_SLACK, 16)
  return { staged: true, pitch, planeFloats: oddLines(phaseFloats * phases.length), phaseFloats, firstRow, rows, phases }
}

/** Floats from the place of a grid index to the pixel that a tap reads. */
export function offsetOf(layout: Layout, tapY: Tap, tapX: Tap): number {
  const phase = layout.phases.findIndex(
    ({ y, x, column }) => y === tapY.phase && (column === null ? x === tapX.phase : column.tap === tapX.tap),
  )
  const col = layout.phases[phase].column === null ? tapX.offset : 0
  return phase * layout.phaseFloats + tapY.offset * layout.pitch + col
}

/** Input rows and columns behind the rows and columns of a staged phase; -1 is a zero. */
export function sourcesOf(d: ConvDescriptor, layout: Layout, { y, x, column }: Phase): { rows: number[]; cols: number[] } {
  const [strideY, strideX] = d.transposed ? [1, 1] : [d.stride[1], d.stride[2]]
  // Phases are staged alike; a place that no tap of this one reads may lie beyond what its padding mode defines.
  const within = (i: number, n: number) => (d.paddingMode === 'zeros' ? i : Math.min(Math.max(i, 0), n - 1))
  const source = (first: number, count: number, stride: number, offset: number, n: number) =>
    Array.from({ length: count }, (_, index) => within(sourceIndex((first + index) * stride + offset, n, d.paddingMode), n))
  return {
    rows: source(layout.firstRow, layout.rows, strideY, y, d.input[1]),
    cols: source(layout.firstCol + (column?.offset ?? 0), layout.cols, strideX, x, d.input[2]),
  }
}

/** Lowest index and one past the highest that the taps of the segments read. */
function reach(segments: readonly Segment[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { start, count, taps } of segments) {
    for (const { offset } of taps) {
      low = Math.min(low, start + offset)
      high = Math.max(high, start + count + offset)
    }
  }
  return low > high ? [0, 1] : [low, high]
}

function phasesOf(segments: readonly Segment[]): number[] {
  const phases = new Set(segments.flatMap(({ taps }) => taps.map(({ phase }) => phase)))
  return phases.size === 0 ? [0] : [...phases].sort((a, b) => a - b)
}

export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
