// MaxPool, AveragePool and LpPool; and the global ones, which are reductions over the spatial axes.
import { describeConv, type Shape, sameShape, sizeOf, type ValueInfo } from '@weft/core'
import { intAttribute, intsAttribute } from '../graph/attributes.ts'
import type { Constant, Node } from '../graph/graph.ts'
import { input } from './inputs.ts'
import type { AdaptContext, ConvStep, Operator, OpStep } from './operator.ts'
import { paddingOf } from './padding.ts'

export const maxPool: Operator = {
  opTypes: ['MaxPool'],
  adapt(node, context) {
    const window = windowOf(node, context)
    if (!node.outputs[1]) return { kind: 'op', op: 'maxPool', params: window, data: [0] }
    const params = { ...window, columnMajor: intAttribute(node, 'storage_order', 0) !== 0 }
    return { kind: 'op', op: 'maxPoolPlaces', params, data: [0] }
  },
}

export const averagePool: Operator = {
  opTypes: ['AveragePool'],
  adapt(node, context) {
    const window = { ...windowOf(node, context), countPadding: intAttribute(node, 'count_include_pad', 0) !== 0 }
    const x = input(node, context, 0)
    return wholePicture(x, window) ?? asConv(node, x, window) ?? { kind: 'op', op: 'averagePool', params: window, data: [0] }
  },
}

type AverageWindow = ReturnType<typeof windowOf> & { readonly countPadding: boolean }

/** A window that is the picture: one mean a channel. */
function wholePicture({ shape }: ValueInfo, { kernel, dilation, before, after }: AverageWindow): OpStep | null {
  const fills = (taps: number, axis: number) => taps === shape[axis + 2] && (taps === 1 || dilation[axis] === 1)
  if (!kernel.every((taps, axis) => fills(taps, axis) && before[axis] === 0 && after[axis] === 0)) return null
  return { kind: 'op', op: 'reduceMean', params: { axes: kernel.map((_, axis) => axis + 2), keep: true }, data: [0] }
}

/** More taps than this are better added up one by one. */
const MOST_TAPS = 64

/** Windows that all count the same number of pixels: a convolution of every channel with weights that are all the same. */
function asConv(node: Node, { dtype, shape }: ValueInfo, window: AverageWindow): ConvStep | null {
  const { kernel, stride, dilation, before, after, ceil, countPadding } = window
  const [taps, channels] = [kernel.reduce((product, count) => product * count, 1), shape[1]]
  const even = countPadding || [...before, ...after].every((pad) => pad === 0)
  // Weights are no more than the pixels that they are for.
  const most = Math.min(MOST_TAPS, sizeOf(shape.slice(2)))
  if (dtype !== 'float32' || shape.length > 4 || channels < 1 || ceil || !even || taps > most) return null
  const padding = before.map((first, axis): [number, number] => [first, after[axis]])
  const weight = evenWeights(node, [channels, 1, ...kernel])
  const descriptor = describeConv(shape, weight.shape, false, { ...node.fused, stride, dilation, groups: channels, padding })
  return { kind: 'conv', descriptor, data: [0, -1, -1], weight }
}

/** Once for all shapes of a network. */
const EVEN_WEIGHTS = new WeakMap<Node, Constant>()

function evenWeights(node: Node, shape: Shape): Constant {
  const known = EVEN_WEIGHTS.get(node)
  if (known !== undefined && sameShape(known.shape, shape)) return known
  const data = new Float32Array(sizeOf(shape)).fill(1 / sizeOf(shape.slice(2)))
  const made: Constant = { dtype: 'float32', shape, data }
  EVEN_WEIGHTS.set(node, made)
  return made
}

export const lpPool: Operator = {
  opTypes: ['LpPool'],
  adapt(node, context) {
    return { kind: 'op', op: 'lpPool', params: { ...windowOf(node, context), p: intAttribute(node, 'p', 2) }, data: [0] }
  },
}

const GLOBAL: Readonly<Record<string, string>> = { GlobalAveragePool: 'reduceMean', GlobalMaxPool: 'reduceMax' }

export const globalPool: Operator = {
  opTypes: Object.keys(GLOBAL),
  adapt(node, context) {
    const spatial = input(node, context, 0).shape.slice(2)
    const params = { axes: spatial.map((_, axis) => axis + 2), keep: true }
    return { kind: 'op', op: GLOBAL[node.opType], params, data: [0] }
  },
}

function windowOf(node: Node, context: AdaptContext) {
  const n = input(node, context, 0).shape.slice(2)
  const kernel = intsAttribute(node, 'kernel_shape')
  const ones = kernel.map(() => 1)
  const stride = intsAttribute(node, 'strides', ones)
  const dilation = intsAttribute(node, 'dilations', ones)
  const pairs = paddingOf(node, { n, kernel, stride, dilation })
  const [before, after] = [pairs.map(([first]) => first), pairs.map(([, last]) => last)]
  return { kernel, stride, dilation, before, after, ceil: intAttribute(node, 'ceil_mode', 0) !== 0 }
}
