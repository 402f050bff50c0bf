// The output cut into blocks of lines for the matrix unit: which pixels a line of up to 16 outputs comes from.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { equalParts, type Part } from '../broadcast/shape.ts'
import type { Layout } from '../direct/layout.ts'

/** Outputs of a line at most. */
export const LINE = 16
/** Rows of the picture that a line may come from. */
export const MOST_PIECES = 2

/** Neighbouring pairs of lines, or a single line, all as wide. */
export interface Turn {
  readonly count: number
  /** Outputs of each line. */
  readonly widths: readonly number[]
}

/** Lines of one shape of block: their table, in words of the plan's tables, and how they are multiplied. */
export interface Lines {
  readonly at: number
  readonly count: number
  readonly pieces: number
  readonly turns: readonly Turn[]
}

export interface Block {
  /** Bytes from the group's first plane to the lowest pixel that the first output reads, and from a channel's first output to that. */
  readonly x: number
  readonly y: number
  /** The first row of outputs. */
  readonly row: number
  readonly lines: Lines
}

/** Rows by columns of outputs. */
export interface BlockPart {
  readonly row: Part
  readonly col: Part
}

/** Rows of outputs as lines see them: one where pixels of rows follow each other without a gap. */
export function rowsOf(d: ConvDescriptor, layout: Layout): readonly [rows: number, cols: number] {
  const [, oh, ow] = d.output
  return layout.pitch === ow ? [1, oh * ow] : [oh, ow]
}

/** Rows of a picture so wide that a line comes from, and outputs of a full line. */
export function lineOf(cols: number): { pieces: number; full: number } {
  if (cols >= LINE) return { pieces: 2, full: LINE }
  const rows = Math.floor(LINE / cols)
  return { pieces: rows, full: rows * cols }
}

/** Parts of about so many lines: whole rows, or parts of one that begin at a line. */
export function partsOf(d: ConvDescriptor, layout: Layout, wanted: number): BlockPart[] {
  const [rows, cols] = rowsOf(d, layout)
  const most = wanted * lineOf(cols).full
  if (cols > most) {
    const lines = equalParts(Math.ceil(cols / LINE), Math.ceil(cols / most))
    const parts = lines.map(({ from, count }) => ({ from: LINE * from, count: Math.min(LINE * count, cols - LINE * from) }))
    return Array.from({ length: rows }, (_, from) => from).flatMap((from) =>
      parts.map((col) => ({ row: { from, count: 1 }, col })),
    )
  }
  const each = Math.max(1, Math.floor(most / cols))
  return equalParts(rows, Math.ceil(rows / each)).map((row) => ({ row, col: { from: 0, count: cols } }))
}

/**
 * Blocks of parts, and the tables of their lines.
 * @param low bytes from the pixel under an output to the lowest that it reads
 * @param window whether the first row of every block lies where the first of the output does
 */
export function blocksOf(
  d: ConvDescriptor,
  layout: Layout,
  parts: readonly BlockPart[],
  low: number,
  window: boolean,
): { blocks: Block[]; tables: number[] } {
  const [, cols] = rowsOf(d, layout)
  const origin = layout.lead - layout.firstRow * layout.pitch - layout.firstCol
  const tables: number[] = []
  const known = new Map<string, Lines>()
  const blocks = parts.map(({ row, col }) => {
    const key = `${row.count} ${col.count}`
    const lines = known.get(key) ?? linesOf(row.count, col.count, layout.pitch, tables)
    known.set(key, lines)
    const x = origin + (window ? 0 : row.from) * layout.pitch + col.from
    return { x: low + 4 * x, y: 4 * (row.from * cols + col.from), row: row.from, lines }
  })
  return { blocks, tables }
}

function linesOf(rows: number, cols: number, pitch: number, tables: number[]): Lines {
  const { pieces: most, full } = lineOf(cols)
  const pieces = rows === 1 || cols % full === 0 ? 1 : most
  const at = tables.length
  const outputs = rows * cols
  for (let first = 0; first < outputs; first += full) {
    const end = Math.min(first + full, outputs)
    const row = Math.floor(first / cols)
    for (let piece = 0; piece < pieces; piece++) {
      const [from, to] = [Math.max(first, (row + piece) * cols), Math.min(end, (row + piece + 1) * cols)]
      const lanes = from < to ? (1 << (to - first)) - (1 << (from - first)) : 0
      tables.push(lanes === 0 ? 0 : 4 * ((row + piece) * (pitch - cols) + first), lanes)
    }
  }
  const count = Math.ceil(outputs / full)
  return { at, count, pieces, turns: turnsOf(count, full, outputs - (count - 1) * full) }
}

function turnsOf(count: number, full: number, tail: number): Turn[] {
  const whole = tail === full ? count : count - 1
  const pairs = Math.floor(whole / 2)
  const rest = [...(whole % 2 === 1 ? [full] : []), ...(whole < count ? [tail] : [])]
  return [
    ...(pairs > 0 ? [{ count: pairs, widths: [full, full] }] : []),
    ...(rest.length > 0 ? [{ count: 1, widths: rest }] : []),
  ]
}
