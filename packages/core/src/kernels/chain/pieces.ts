// Pieces of a chain: neighbouring output rows, with the rows of the depthwise convolution's input under them.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { equalParts } from '../broadcast/shape.ts'

export interface Piece {
  /** Output rows: the first, and how many. */
  readonly row: number
  readonly rows: number
  /** Rows of the depthwise input that are read: they exist. */
  readonly xRow: number
  readonly xRows: number
}

/** All rows in so many pieces, each at most one row higher than another. */
export function piecesOf(d: ConvDescriptor, count: number): Piece[] {
  return equalParts(d.output[1], count).map(({ from, count: rows }) => ({ row: from, rows, ...rowsUnder(d, from, rows) }))
}

/** A depthwise convolution of the piece alone: what is above and below its rows is padding, or not read. */
export function convOf(d: ConvDescriptor, { row, rows, xRow, xRows }: Piece): ConvDescriptor {
  const before = Math.max(0, xRow - (row * d.stride[1] - d.before[1]))
  return {
    ...d,
    input: [1, xRows, d.input[2]],
    output: [1, rows, d.output[2]],
    before: [0, before, d.before[2]],
  }
}

/** Neighbouring pieces as one. */
export function rowsTogether(pieces: readonly Piece[]): Piece {
  const [{ row, xRow }, last] = [pieces[0], pieces[pieces.length - 1]]
  return { row, rows: last.row + last.rows - row, xRow, xRows: last.xRow + last.xRows - xRow }
}

function rowsUnder(d: ConvDescriptor, row: number, rows: number): Pick<Piece, 'xRow' | 'xRows'> {
  const first = row * d.stride[1] - d.before[1]
  const end = first + (rows - 1) * d.stride[1] + (d.kernel[1] - 1) * d.dilation[1] + 1
  const xRow = Math.min(Math.max(0, first), d.input[1])
  return { xRow, xRows: Math.max(0, Math.min(end, d.input[1]) - xRow) }
}
