// BatchNormalization, InstanceNormalization, LayerNormalization and LRN.
import { describeConv, type OpStorage, sizeOf } from '@weft/core'
import { floatAttribute, intAttribute } from '../graph/attributes.ts'
import type { Constant, Node } from '../graph/graph.ts'
import { cannot, present } from './inputs.ts'
import type { AdaptContext, ConvStep, Operator } from './operator.ts'

/** Training mode is an attribute from opset 14; older models with more outputs than one are run as if they had one. */
export const batchNormalization: Operator = {
  opTypes: ['BatchNormalization'],
  adapt(node, context) {
    const { opset } = context
    if (opset < 9 && intAttribute(node, 'spatial', 1) === 0)
      throw cannot(node, 'statistics of each pixel (spatial = 0) are not known to weft')
    const epsilon = floatAttribute(node, 'epsilon', 1e-5)
    const data = [0, 1, 2, 3, 4]
    if (opset < 14 || intAttribute(node, 'training_mode', 0) === 0)
      return asConv(node, context, epsilon) ?? { kind: 'op', op: 'batchNorm', params: { epsilon }, data }
    return { kind: 'op', op: 'batchNormTraining', params: { epsilon, momentum: floatAttribute(node, 'momentum', 0.9) }, data }
  },
}

/** Numbers of a plane, beyond which its rows are staged one by one. */
const LONG_ROW = 8192

/** With statistics that are known: a pixel of every channel by a weight, plus a bias; null where they are not, or there are no pixels. */
function asConv(node: Node, context: AdaptContext, epsilon: number): ConvStep | null {
  const x = context.inputs[0]
  if (x?.dtype !== 'float32' || x.shape.length < 3 || x.shape.length > 5 || x.shape.includes(0)) return null
  const [n, c, ...spatial] = x.shape
  const affine = affineOf(
    node,
    [1, 2, 3, 4].map((i) => context.known(i)?.data ?? null),
    c,
    epsilon,
  )
  const plane = sizeOf(spatial)
  if (affine === null || (plane > LONG_ROW && spatial.length !== 2)) return null
  const axes = plane > LONG_ROW ? spatial : [plane]
  const weight = { ...affine.weight, shape: [c, ...axes.map(() => 1), 1] }
  const descriptor = describeConv([n, c, ...axes], weight.shape, true, { ...node.fused, groups: c })
  return { kind: 'conv', descriptor, data: [0, -1, -1], weight, bias: affine.bias, shape: x.shape }
}

/** Once for all shapes of a network. */
const AFFINES = new WeakMap<Node, { weight: Constant; bias: Constant } | null>()

function affineOf(node: Node, stored: readonly (OpStorage | null)[], c: number, epsilon: number) {
  const known = AFFINES.get(node)
  if (known !== undefined) return known?.bias.data.length === c ? known : null
  const [scale, shift, mean, variance] = stored
  if (!scale || !shift || !mean || !variance || stored.some((list) => list?.length !== c)) return null
  const factor = Float64Array.from({ length: c }, (_, i) => scale[i] / Math.sqrt(variance[i] + epsilon))
  const constant = (data: Float32Array): Constant => ({ dtype: 'float32', shape: [c], data })
  const made = {
    weight: constant(Float32Array.from(factor)),
    bias: constant(Float32Array.from({ length: c }, (_, i) => shift[i] - mean[i] * factor[i])),
  }
  const finite = [made.weight, made.bias].every(({ data }) => data.every(Number.isFinite))
  AFFINES.set(node, finite ? made : null)
  return finite ? made : null
}

export const instanceNormalization: Operator = {
  opTypes: ['InstanceNormalization'],
  adapt(node) {
    return { kind: 'op', op: 'instanceNorm', params: { epsilon: floatAttribute(node, 'epsilon', 1e-5) }, data: [0, 1, 2] }
  },
}

export const layerNormalization: Operator = {
  opTypes: ['LayerNormalization'],
  adapt(node, context) {
    const params = { axis: intAttribute(node, 'axis', -1), epsilon: floatAttribute(node, 'epsilon', 1e-5) }
    return { kind: 'op', op: 'layerNorm', params, data: present(context, 0, 1, 2) }
  },
}

export const lrn: Operator = {
  opTypes: ['LRN'],
  adapt(node) {
    const params = {
      size: intAttribute(node, 'size'),
      alpha: floatAttribute(node, 'alpha', 1e-4),
      beta: floatAttribute(node, 'beta', 0.75),
      bias: floatAttribute(node, 'bias', 1),
    }
    return { kind: 'op', op: 'lrn', params, data: [0] }
  },
}
