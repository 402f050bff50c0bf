// Products with a constant, as passes look for them.
import type { GraphEdit } from '../graph/edit.ts'
import type { Node } from '../graph/graph.ts'

/** A value times one constant. */
export function scaling(node: Node, edit: GraphEdit): { of: string; factor: number } | null {
  const [a, b] = node.inputs
  if (node.opType === 'Div') return only(edit, b) === null ? null : { of: a, factor: 1 / (only(edit, b) as number) }
  if (node.opType !== 'Mul') return null
  const [first, second] = [only(edit, a), only(edit, b)]
  return first !== null ? { of: b, factor: first } : second !== null ? { of: a, factor: second } : null
}

/** The number of a scalar constant. A constant of rank above 0 could add axes to x: (1) adds none, but to a single number. */
export function only(edit: GraphEdit, name: string): number | null {
  const constant = edit.constant(name)
  return constant?.data.length === 1 && constant.shape.length <= 1 ? constant.data[0] : null
}

export function close(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-6
}
