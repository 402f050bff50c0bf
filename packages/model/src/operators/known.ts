// What is known without data: Constant, Shape, Size, ConstantOfShape, Range.
import { type Shape, sizeOf } from '@weft/core'
import {
  floatAttribute,
  floatsAttribute,
  hasAttribute,
  intAttribute,
  intsAttribute,
  tensorAttribute,
} from '../graph/attributes.ts'
import type { Constant, Node } from '../graph/graph.ts'
import { cannot, input } from './inputs.ts'
import type { KnownStep, Operator } from './operator.ts'

export const constant: Operator = {
  opTypes: ['Constant'],
  adapt: (node) => ({ kind: 'known', outputs: [constantOf(node)] }),
}

function constantOf(node: Node): Constant {
  if (hasAttribute(node, 'value')) return tensorAttribute(node, 'value')
  const float = (list: readonly number[], shape: Shape): Constant => ({ dtype: 'float32', shape, data: Float32Array.from(list) })
  if (hasAttribute(node, 'value_float')) return float([floatAttribute(node, 'value_float')], [])
  if (hasAttribute(node, 'value_int')) return int64([intAttribute(node, 'value_int')], [])
  if (hasAttribute(node, 'value_floats')) {
    const list = floatsAttribute(node, 'value_floats')
    return float(list, [list.length])
  }
  if (hasAttribute(node, 'value_ints')) return int64(intsAttribute(node, 'value_ints'))
  throw cannot(node, 'it holds no number and no dense tensor')
}

export const shape: Operator = {
  opTypes: ['Shape'],
  adapt(node, context) {
    const x = input(node, context, 0).shape
    return known(x.slice(intAttribute(node, 'start', 0), intAttribute(node, 'end', x.length)))
  },
}

export const size: Operator = {
  opTypes: ['Size'],
  adapt: (node, context) => known([sizeOf(input(node, context, 0).shape)], []),
}

export const constantOfShape: Operator = {
  opTypes: ['ConstantOfShape'],
  adapt(node, context) {
    const { dtype, data } = hasAttribute(node, 'value') ? tensorAttribute(node, 'value') : { dtype: 'float32', data: [0] }
    return { kind: 'op', op: 'fill', params: { shape: context.needs(0), dtype, value: data[0] }, data: [] }
  },
}

export const range: Operator = {
  opTypes: ['Range'],
  adapt(node, context) {
    const [[start], [limit], [step]] = [context.needs(0), context.needs(1), context.needs(2)]
    const count = Math.max(0, Math.ceil((limit - start) / step))
    if (!Number.isFinite(count)) throw cannot(node, `from ${start} to ${limit} in steps of ${step} is no range`)
    return { kind: 'op', op: 'range', params: { start, step, count, dtype: input(node, context, 0).dtype }, data: [] }
  },
}

function int64(list: readonly number[], shape: Shape = [list.length]): Constant {
  return { dtype: 'int64', shape, data: Float64Array.from(list) }
}

function known(list: readonly number[], shape?: Shape): KnownStep {
  return { kind: 'known', outputs: [int64(list, shape)] }
}
