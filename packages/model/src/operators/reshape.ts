// Other shapes of the same numbers: Reshape, Flatten, Squeeze, Unsqueeze, Identity.
import { type Shape, sizeOf } from '@weft/core'
import { hasAttribute, intAttribute, intsAttribute } from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { axisFrom, cannot, input, optional } from './inputs.ts'
import type { AdaptContext, Operator } from './operator.ts'

export const reshape = view('Reshape', (node, context, x) => {
  const keepZero = intAttribute(node, 'allowzero', 0) !== 0
  const wanted = context.needs(1).map((extent, axis) => (extent === 0 && !keepZero ? (x[axis] ?? 0) : extent))
  const known = wanted.reduce((size, extent) => (extent === -1 ? size : size * extent), 1)
  const shape = wanted.map((extent) => (extent === -1 ? sizeOf(x) / known : extent))
  const holes = wanted.filter((extent) => extent === -1).length
  if (holes > 1 || !shape.every(Number.isInteger) || sizeOf(shape) !== sizeOf(x)) {
    throw cannot(node, `(${x.join(', ')}) cannot be reshaped to (${wanted.join(', ')})`)
  }
  return shape
})

export const flatten = view('Flatten', (node, _, x) => {
  const axis = intAttribute(node, 'axis', 1)
  const at = axis === x.length ? axis : axisFrom(node, axis, x.length)
  return [sizeOf(x.slice(0, at)), sizeOf(x.slice(at))]
})

export const squeeze = view('Squeeze', (node, context, x) => {
  const axes = axesOf(node, context)?.map((axis) => axisFrom(node, axis, x.length))
  const bad = axes?.find((axis) => x[axis] !== 1)
  if (bad !== undefined) throw cannot(node, `axis ${bad} of (${x.join(', ')}) is not 1`)
  return x.filter((extent, axis) => (axes === undefined ? extent !== 1 : !axes.includes(axis)))
})

export const unsqueeze = view('Unsqueeze', (node, context, x) => {
  const named = axesOf(node, context)
  if (named === undefined) throw cannot(node, 'it has no axes')
  const rank = x.length + named.length
  const axes = new Set(named.map((axis) => axisFrom(node, axis, rank)))
  if (axes.size !== named.length) throw cannot(node, `axes (${named.join(', ')}) name one axis twice`)
  const rest = [...x]
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() as number)))
})

export const identity = view('Identity', (_node, _context, x) => x)

function view(opType: string, shapeOf: (node: Node, context: AdaptContext, x: Shape) => Shape): Operator {
  return {
    opTypes: [opType],
    adapt(node, context) {
      const shape = shapeOf(node, context, input(node, context, 0).shape)
      return { kind: 'view', input: 0, views: [{ from: 0, shape }] }
    },
  }
}

/** An attribute up to opset 12, an input from 13. */
function axesOf(node: Node, context: AdaptContext): readonly number[] | undefined {
  if (hasAttribute(node, 'axes')) return intsAttribute(node, 'axes')
  return optional(context, 1) ?? undefined
}
