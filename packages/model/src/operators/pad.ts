// Pad: pads and value are attributes up to opset 10, inputs from 11; axes from 18.
import { floatAttribute, intsAttribute, stringAttribute } from '../graph/attributes.ts'
import { axisFrom, cannot, input, optional } from './inputs.ts'
import type { Operator } from './operator.ts'

const MODES = ['constant', 'reflect', 'edge', 'wrap']

export const pad: Operator = {
  opTypes: ['Pad'],
  adapt(node, context) {
    const { shape } = input(node, context, 0)
    const mode = stringAttribute(node, 'mode', 'constant')
    if (!MODES.includes(mode)) throw cannot(node, `mode '${mode}' is unknown`)
    const old = context.opset < 11
    const pads = old ? intsAttribute(node, 'pads') : context.needs(1)
    const value = old ? floatAttribute(node, 'value', 0) : (optional(context, 2)?.[0] ?? 0)
    const axes = (old ? null : optional(context, 3)) ?? shape.map((_, axis) => axis)
    if (pads.length !== 2 * axes.length) throw cannot(node, `it has ${pads.length} pads for ${axes.length} axes`)
    const before = shape.map(() => 0)
    const after = shape.map(() => 0)
    axes.forEach((named, i) => {
      const axis = axisFrom(node, named, shape.length)
      before[axis] = pads[i]
      after[axis] = pads[i + axes.length]
    })
    return { kind: 'op', op: 'pad', params: { mode, before, after, value }, data: [0] }
  },
}
