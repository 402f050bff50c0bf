// How matrix products are cut into units, and the checks that they share.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape } from '../tensor/shape.ts'
import { expectDtype, needed, sameDtype } from './inputs.ts'
import type { ValueInfo } from './op.ts'

/** Rows and columns of the output in one unit. */
const [ROWS, COLUMNS] = [32, 64]

export function tilesOf(m: number, n: number): number {
  return Math.ceil(m / ROWS) * Math.ceil(n / COLUMNS)
}

/** From, and up to but not with. */
export type Bounds = readonly [number, number]

export function eachTile(
  m: number,
  n: number,
  begin: number,
  end: number,
  visit: (item: number, rows: Bounds, columns: Bounds) => void,
): void {
  const across = Math.ceil(n / COLUMNS)
  for (let unit = begin; unit < end; unit++) {
    const item = Math.floor(unit / tilesOf(m, n))
    const tile = unit % tilesOf(m, n)
    const [row, column] = [Math.floor(tile / across) * ROWS, (tile % across) * COLUMNS]
    visit(item, [row, Math.min(m, row + ROWS)], [column, Math.min(n, column + COLUMNS)])
  }
}

export function mismatch(op: string, a: Shape, b: Shape): WeftError {
  return new WeftError('SHAPE', `${op}: ${formatShape(a)} and ${formatShape(b)} do not fit together`, { a, b })
}

/** The two matrices. @throws SHAPE or DTYPE */
export function pair(op: string, inputs: readonly (ValueInfo | null)[]): [ValueInfo, ValueInfo] {
  const [a, b] = [needed(op, inputs, 0), needed(op, inputs, 1)]
  expectDtype(op, a, 'float32', 'int64', 'int32')
  sameDtype(op, [a, b])
  return [a, b]
}
