// MatMul and Gemm. Rows by known weights are a convolution of as many items of a pixel: its weights are packed once.
import { describeConv, type OpParams, type Shape, sizeOf } from '@weft/core'
import { floatAttribute, intAttribute } from '../graph/attributes.ts'
import type { Constant, Node } from '../graph/graph.ts'
import { present } from './inputs.ts'
import type { AdaptContext, AdaptedStep, ConvStep, Operator } from './operator.ts'

/** Weights of more bytes do not stay in a cache from row to row; up to so many rows by fewer are not worth to be transposed. */
export const LARGE_WEIGHTS = 2 ** 20
export const FEW_ROWS = 4

export const matMul: Operator = {
  opTypes: ['MatMul'],
  adapt(node, context) {
    const conv = manyBySmall(context) ? null : asConv(node, context, false, -1)
    return conv ?? { kind: 'op', op: 'matMul', params: {}, data: [0, 1] }
  },
}

/** Those are read as they lie. */
function manyBySmall({ inputs: [x, weight] }: AdaptContext): boolean {
  const few = x != null && sizeOf(x.shape.slice(0, -1)) <= FEW_ROWS
  return !few && weight != null && 4 * sizeOf(weight.shape) <= LARGE_WEIGHTS
}

export const gemm: Operator = {
  opTypes: ['Gemm'],
  adapt(node, context): AdaptedStep {
    const params = {
      alpha: floatAttribute(node, 'alpha', 1),
      beta: floatAttribute(node, 'beta', 1),
      transposeA: intAttribute(node, 'transA', 0) !== 0,
      transposeB: intAttribute(node, 'transB', 0) !== 0,
    } satisfies OpParams
    const addend = context.inputs[2] ? 2 : -1
    const plain = params.alpha === 1 && !params.transposeA && (addend < 0 || params.beta === 1)
    const conv = plain ? asConv(node, context, params.transposeB, addend) : null
    return conv ?? { kind: 'op', op: 'gemm', params, data: present(context, 0, 1, 2) }
  },
}

/** (..., k) by known weights of (k, n), or transposed (n, k), plus a known addend of n, as a convolution; null where it is none. */
function asConv(node: Node, context: AdaptContext, transposed: boolean, addend: number): ConvStep | null {
  const [x, weight] = [context.inputs[0], context.known(1)]
  if (x?.dtype !== 'float32' || context.known(0) !== null || weight?.dtype !== 'float32' || weight.shape.length !== 2) return null
  const [k, n] = transposed ? weight.shape.toReversed() : weight.shape
  const rows = sizeOf(x.shape.slice(0, -1))
  if (x.shape.length < 2 || x.shape.at(-1) !== k || rows < 1 || k < 1 || n < 1) return null
  if (addend >= 0 && !isRow(context.known(addend), n)) return null
  const shapes: [Shape, Shape] = [
    [rows, k, 1],
    [n, k, 1],
  ]
  return {
    kind: 'conv',
    descriptor: describeConv(...shapes, addend >= 0, node.fused),
    data: [0, 1, addend],
    shape: [...x.shape.slice(0, -1), n],
    ...(transposed ? {} : { weight: transpose(weight) }),
  }
}

function isRow(addend: Constant | null, n: number): boolean {
  return addend !== null && addend.data.length === n && addend.shape.at(-1) === n
}

/** Once for all shapes of a network. Constants of one and the same data may differ in shape: a Reshape makes a view. */
const TRANSPOSED = new WeakMap<Constant['data'], Constant>()

function transpose({ dtype, shape: [k, n], data }: Constant): Constant {
  const known = TRANSPOSED.get(data)
  if (known !== undefined && known.shape[0] === n && known.shape[1] === k) return known
  const turned = new Float32Array(data.length)
  for (let row = 0; row < k; row++) for (let column = 0; column < n; column++) turned[column * k + row] = data[row * n + column]
  const made: Constant = { dtype, shape: [n, k], data: turned }
  TRANSPOSED.set(data, made)
  return made
}
