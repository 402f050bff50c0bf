// Nested arrays to flat storage and back.
import { WeftError } from '../errors.ts'
import type { Storage } from './dtype.ts'
import { formatShape, type Shape } from './shape.ts'

export type Nested = number | readonly Nested[]

/** The shape of nested arrays, taken from the first entry at each depth; `flatten` finds the ragged ones. */
export function shapeOfNested(nested: Nested): number[] {
  const shape: number[] = []
  for (let level: Nested = nested; typeof level !== 'number'; level = level[0]) {
    if (!Array.isArray(level)) throw notNumbers(level)
    shape.push(level.length)
    if (level.length === 0) break
  }
  return shape
}

export function flatten(nested: Nested, shape: Shape, out: Storage): void {
  let position = 0
  const visit = (value: Nested, depth: number): void => {
    if (typeof value === 'number') {
      if (depth !== shape.length) throw ragged(shape)
      out[position++] = value
      return
    }
    if (!Array.isArray(value)) throw notNumbers(value)
    if (value.length !== shape[depth]) throw ragged(shape)
    for (const entry of value) visit(entry, depth + 1)
  }
  visit(nested, 0)
}

export function toNested(data: Storage, shape: Shape): Nested {
  let position = 0
  const build = (depth: number): Nested =>
    depth === shape.length ? data[position++] : Array.from({ length: shape[depth] }, () => build(depth + 1))
  return build(0)
}

function notNumbers(value: unknown): WeftError {
  return new WeftError(
    'DTYPE',
    `nested arrays hold numbers; here is ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}`,
  )
}

function ragged(shape: Shape): WeftError {
  return new WeftError('SHAPE', `the nested arrays are ragged: the first entries have shape ${formatShape(shape)}, others differ`)
}
