// Slice: starts, ends, axes and steps, attributes up to opset 9, inputs from 10; ends may lie far outside.
import { type Shape, sizeOf } from '@weft/core'
import { hasAttribute, intsAttribute } from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { axisFrom, cannot, input, optional } from './inputs.ts'
import type { AdaptContext, Operator } from './operator.ts'

export const slice: Operator = {
  opTypes: ['Slice'],
  adapt(node, context) {
    const { shape } = input(node, context, 0)
    const { starts, ends, axes, steps } = bounds(node, context)
    if (
      ends.length !== starts.length ||
      (axes ?? starts).length !== starts.length ||
      (steps ?? starts).length !== starts.length
    ) {
      throw cannot(node, `it has ${starts.length} starts and ${ends.length} ends, and other numbers of axes or steps`)
    }
    const odd = [starts, ends, axes ?? [], steps ?? []].flat().find((number) => !Number.isInteger(number))
    if (odd !== undefined) throw cannot(node, `${odd} is no whole number`)
    const start = shape.map(() => 0)
    const step = shape.map(() => 1)
    const count = [...shape]
    starts.forEach((from, i) => {
      const axis = axisFrom(node, axes?.[i] ?? i, shape.length)
      step[axis] = steps?.[i] ?? 1
      if (step[axis] === 0) throw cannot(node, 'a step is 0')
      ;[start[axis], count[axis]] = entries(from, ends[i], step[axis], shape[axis])
    })
    const from = firstOf(shape, start, step, count)
    if (from !== null) return { kind: 'view', input: 0, views: [{ from, shape: count }] }
    return { kind: 'op', op: 'slice', params: { start, step, count }, data: [0] }
  },
}

/** Index of the first number of a slice whose numbers lie one after the other; null for others. */
function firstOf(shape: Shape, start: Shape, step: Shape, count: Shape): number | null {
  if (step.some((by, axis) => by !== 1 && count[axis] > 1)) return null
  const cut = shape.findIndex((extent, axis) => extent !== count[axis])
  if (cut < 0) return 0
  const consecutive = sizeOf(shape.slice(0, cut)) === 1 && shape.every((extent, axis) => axis <= cut || extent === count[axis])
  return consecutive ? start[cut] * sizeOf(shape.slice(cut + 1)) : null
}

/** The first entry and how many there are, both bounds brought into the axis first. */
function entries(from: number, to: number, step: number, n: number): [start: number, count: number] {
  const [least, most] = step > 0 ? [0, n] : [-1, n - 1]
  const bring = (at: number) => Math.min(Math.max(at < 0 ? at + n : at, least), most)
  const start = step > 0 ? bring(from) : Math.max(0, bring(from))
  const count = Math.max(0, Math.ceil((bring(to) - start) / step))
  return count === 0 ? [0, 0] : [start, count]
}

function bounds(node: Node, context: AdaptContext) {
  if (context.opset < 10) {
    const axes = hasAttribute(node, 'axes') ? intsAttribute(node, 'axes') : null
    return { starts: intsAttribute(node, 'starts'), ends: intsAttribute(node, 'ends'), axes, steps: null }
  }
  return { starts: context.needs(1), ends: context.needs(2), axes: optional(context, 3), steps: optional(context, 4) }
}
