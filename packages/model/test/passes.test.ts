// What passes leave of a network, before and after: fewer steps, the same numbers.
import { Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { localExecutor, readModel } from '../src/index.ts'
import { type FileNode, type FileTensor, onnxFile } from './onnx-file.ts'

const executor = localExecutor({ tier: 'simd128' })
const values = (size: number, seed: number) => Array.from({ length: size }, (_, i) => Math.sin(7 * i + seed))

interface Case {
  readonly shape: readonly number[]
  readonly nodes: readonly FileNode[]
  readonly constants?: Readonly<Record<string, FileTensor>>
  readonly outputs?: readonly string[]
}

/** The steps of a network of x, and what it gives for its outputs, y alone if none are named. */
async function ran({ shape, nodes, constants = {}, outputs = ['y'] }: Case) {
  const inputs = [{ name: 'x', shape }]
  const file = await readModel(onnxFile({ inputs, outputs: outputs.map((name) => ({ name })), nodes, constants }))
  const { steps } = file.program({ x: { shape } })
  await using model = file.on(executor)
  const size = shape.reduce((product, extent) => product * extent, 1)
  const got = await model.run({ x: new Tensor(Float32Array.from(values(size, 4)), shape) })
  return { steps: steps.map((step) => (step.kind === 'op' ? step.plan.op : 'conv')), got }
}

describe('pooling by a window of one pixel', () => {
  const between = (op: string, attributes: Required<FileNode>['attributes'], outputs = ['p']): Case => ({
    shape: [1, 2, 5, 4],
    nodes: [
      { op: 'Neg', inputs: ['x'], outputs: ['n'] },
      { op, inputs: ['n'], outputs, attributes },
      { op: 'Abs', inputs: ['p'], outputs: ['y'] },
    ],
  })

  it.each([
    ['MaxPool', { kernel_shape: [1, 1] }],
    ['AveragePool', { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0] }],
    ['AveragePool', { kernel_shape: [1, 1], auto_pad: 'SAME_UPPER', ceil_mode: 1 }],
  ])('is dropped: %s %j', async (op, attributes) => {
    const { steps, got } = await ran(between(op, attributes))
    expect(steps).toEqual(['neg', 'abs'])
    const wanted = Float32Array.from(values(40, 4), Math.abs)
    expect(got.y.data).toEqual(wanted)
  })

  it.each([
    ['MaxPool', { kernel_shape: [1, 1], strides: [1, 2] }, 'maxPool'],
    ['AveragePool', { kernel_shape: [1, 1], pads: [0, 1, 0, 0] }, 'averagePool'],
    ['AveragePool', { kernel_shape: [1, 2] }, 'averagePool'],
    ['LpPool', { kernel_shape: [1, 1] }, 'lpPool'],
  ])('stays where it does something: %s %j', async (op, attributes, step) => {
    expect((await ran(between(op, attributes))).steps).toEqual(['neg', step, 'abs'])
  })

  it('stays where its places are asked for', async () => {
    const pool = between('MaxPool', { kernel_shape: [1, 1] }, ['p', 'places'])
    expect((await ran({ ...pool, outputs: ['y', 'places'] })).steps).toEqual(['neg', 'maxPoolPlaces', 'abs'])
    expect((await ran(pool)).steps).toEqual(['neg', 'abs'])
  })
})

describe('activations after a product with known weights', () => {
  const constants = { w: { dims: [5, 7], values: values(35, 1) }, b: { dims: [7], values: values(7, 2) } }
  const gemm = { op: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] }
  const relu = { op: 'Relu', inputs: ['z'], outputs: ['y'] }
  const product = (nodes: FileNode[], rows = 1, outputs = ['y']): Case => ({ shape: [rows, 5], nodes, constants, outputs })

  it.each([
    ['Gemm', gemm],
    ['MatMul', { op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] }],
  ])('are done with it: %s', async (_, node) => {
    const alone = await ran(product([node], 3, ['z']))
    const both = await ran(product([node, relu], 3))
    expect([alone.steps, both.steps]).toEqual([['conv'], ['conv']])
    expect(both.got.y.data).toEqual((alone.got.z.data as Float32Array).map((z) => Math.max(z, 0)))
    expect(both.got.y.data).not.toEqual(alone.got.z.data)
    expect(both.got.y.shape).toEqual([3, 7])
  })

  it('stay where someone else reads the product, or it has too many rows to be a convolution', async () => {
    const sum = { op: 'Add', inputs: ['y', 'z'], outputs: ['s'] }
    expect((await ran(product([gemm, relu], 1, ['y', 'z']))).steps).toEqual(['conv', 'relu'])
    expect((await ran(product([gemm, relu, sum], 1, ['s']))).steps).toEqual(['conv', 'relu', 'add'])
    expect((await ran(product([gemm, relu], 40))).steps).toEqual(['gemm', 'relu'])
  })
})

describe('x Sigmoid(x)', () => {
  const silu = (size: number, seed: number) => values(size, seed).map((x) => x / (1 + Math.exp(-x)))
  const gate = { op: 'Sigmoid', inputs: ['x'], outputs: ['s'] }

  it.each([[['x', 's']], [['s', 'x']]])('is one step: Mul of %j', async (inputs) => {
    const { steps, got } = await ran({ shape: [1, 2, 5, 4], nodes: [gate, { op: 'Mul', inputs, outputs: ['y'] }] })
    expect(steps).toEqual(['silu'])
    for (const [i, value] of silu(40, 4).entries()) expect(got.y.data[i]).toBeCloseTo(value, 6)
  })

  it('goes into the convolution before it', async () => {
    const constants = { w: { dims: [1, 1, 1, 1], values: [1] } }
    const nodes = [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
      { op: 'Sigmoid', inputs: ['c'], outputs: ['s'] },
      { op: 'Mul', inputs: ['c', 's'], outputs: ['y'] },
    ]
    const { steps, got } = await ran({ shape: [1, 1, 5, 8], nodes, constants })
    expect(steps).toEqual(['conv'])
    for (const [i, value] of silu(40, 4).entries()) expect(got.y.data[i]).toBeCloseTo(value, 6)
  })

  it('stays where the sigmoid is asked for, or is that of another value', async () => {
    const mul = { op: 'Mul', inputs: ['x', 's'], outputs: ['y'] }
    expect((await ran({ shape: [4], nodes: [gate, mul], outputs: ['y', 's'] })).steps).toEqual(['sigmoid', 'mul'])
    const neg = { op: 'Neg', inputs: ['x'], outputs: ['n'] }
    const other = { ...mul, inputs: ['n', 's'] }
    expect((await ran({ shape: [4], nodes: [gate, neg, other] })).steps.sort()).toEqual(['mul', 'neg', 'sigmoid'])
  })
})
