// Where values lie: parts of a concatenation are made in place, parts of a split are read where they lie.
import { Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { localExecutor, readModel } from '../src/index.ts'
import { type FileNode, onnxFile } from './onnx-file.ts'

const executor = localExecutor({ tier: 'simd128' })
const values = (size: number, seed: number) => Array.from({ length: size }, (_, i) => Math.sin(i + seed))

/** Two convolutions of x, put together, joined with a third, taken apart again, and the parts used. */
const nodes: FileNode[] = [
  { op: 'Conv', inputs: ['x', 'wa'], outputs: ['a'] },
  { op: 'Conv', inputs: ['x', 'wb'], outputs: ['b'] },
  { op: 'Concat', inputs: ['a', 'b'], outputs: ['ab'], attributes: { axis: 1 } },
  { op: 'Conv', inputs: ['b', 'wc'], outputs: ['c'] },
  { op: 'Concat', inputs: ['ab', 'c'], outputs: ['abc'], attributes: { axis: 1 } },
  { op: 'Split', inputs: ['abc', 'sizes'], outputs: ['p', 'q'], attributes: { axis: 1 } },
  { op: 'Relu', inputs: ['q'], outputs: ['r'] },
  { op: 'Slice', inputs: ['abc', 'from', 'to', 'axis'], outputs: ['s'] },
]
const constants = {
  wa: { dims: [3, 2, 1, 1], values: values(6, 1) },
  wb: { dims: [4, 2, 1, 1], values: values(8, 2) },
  wc: { dims: [5, 4, 1, 1], values: values(20, 3) },
  sizes: { type: 7, dims: [2], values: [2, 10] },
  from: { type: 7, dims: [1], values: [3] },
  to: { type: 7, dims: [1], values: [8] },
  axis: { type: 7, dims: [1], values: [1] },
}
const networkFile = (outputs: string[], more: FileNode[] = []) =>
  readModel(
    onnxFile({
      inputs: [{ name: 'x', shape: ['n', 2, 'h', 'w'] }],
      outputs: outputs.map((name) => ({ name })),
      nodes: [...nodes, ...more],
      constants,
    }),
  )
const network = async (...given: Parameters<typeof networkFile>) => (await networkFile(...given)).on(executor)

describe('values of a network', () => {
  it('are made where a concatenation would put them, and read where a split would take them from', async () => {
    const outputs = ['abc', 'p', 'r', 's', 'b']
    const file = await networkFile(outputs)
    await using model = file.on(executor)
    const ops = (batch: number) =>
      file.program({ x: { shape: [batch, 2, 5, 7] } }).steps.map((step) => (step.kind === 'op' ? step.plan.op : 'conv'))
    expect(ops(1)).toEqual(['conv', 'conv', 'conv', 'relu'])
    expect(ops(2)).toEqual(['conv', 'conv', 'concat', 'conv', 'concat', 'split', 'relu', 'slice'])
    // Two items at once are put together by copying: the same numbers.
    const x = Float32Array.from(values(2 * 70, 4))
    const both = await model.run({ x: new Tensor(x, [2, 2, 5, 7]) })
    for (const item of [0, 1]) {
      const one = await model.run({ x: new Tensor(x.slice(70 * item, 70 * item + 70), [1, 2, 5, 7]) })
      for (const name of outputs) {
        const size = one[name].data.length
        expect(one[name].shape).toEqual([1, ...both[name].shape.slice(1)])
        expect(one[name].data).toEqual(both[name].data.slice(size * item, size * item + size))
      }
    }
  })

  it('are put together again and again, as in DenseNet, without a copy where they lie side by side', async () => {
    const dense = (name: string, inputs: string[]): FileNode => ({
      op: 'Concat',
      inputs,
      outputs: [name],
      attributes: { axis: 1 },
    })
    const file = await networkFile(
      ['d', 'e', 'turned', 'apart'],
      [
        dense('bc', ['b', 'c']),
        { op: 'Relu', inputs: ['bc'], outputs: ['t'] },
        dense('d', ['a', 'b', 'c']),
        dense('e', ['a', 'b', 'c', 't']),
        dense('turned', ['b', 'a']),
        dense('apart', ['a', 'c']),
      ],
    )
    await using model = file.on(executor)
    const steps = file.program({ x: { shape: [1, 2, 5, 7] } }).steps
    expect(steps.map((step) => (step.kind === 'op' ? step.plan.op : 'conv'))).toEqual([
      ...['conv', 'conv', 'conv', 'relu'],
      ...['concat', 'concat'],
    ])
    const both = await model.run({ x: new Tensor(Float32Array.from(values(2 * 70, 4)), [2, 2, 5, 7]) })
    const one = await model.run({ x: new Tensor(Float32Array.from(values(2 * 70, 4).slice(70)), [1, 2, 5, 7]) })
    for (const [name, { data }] of Object.entries(one)) expect(data).toEqual(both[name].data.slice(data.length))
  })

  it('are copied where one would have to be in two places, or is an input or a constant', async () => {
    await using twice = await network(
      ['d', 'e'],
      [
        { op: 'Concat', inputs: ['c', 'c'], outputs: ['d'], attributes: { axis: 1 } },
        { op: 'Concat', inputs: ['x', 'wx'], outputs: ['e'], attributes: { axis: 1 } },
      ].map((node) => ({ ...node, inputs: node.inputs.map((name) => (name === 'wx' ? 'x' : name)) })),
    )
    const x = Float32Array.from(values(2 * 35, 4))
    const { d, e } = await twice.run({ x: new Tensor(x, [1, 2, 5, 7]) })
    expect(d.data.slice(0, 175)).toEqual(d.data.slice(175))
    expect(e.data.slice(0, 70)).toEqual(x)
    expect(e.data.slice(70)).toEqual(x)
  })
})

describe('a product with known weights', () => {
  const [x, w, c] = [values(3 * 5, 1), values(5 * 4, 2), values(4, 3)]
  const product = (row: number, column: number, transposed: boolean) =>
    x.slice(5 * row, 5 * row + 5).reduce((sum, value, k) => sum + value * (transposed ? w[5 * column + k] : w[4 * k + column]), 0)

  it.each([
    ['MatMul', 'MatMul', {}, false, 0],
    ['Gemm', 'Gemm', {}, false, 1],
    ['Gemm of transposed weights', 'Gemm', { transB: 1 }, true, 1],
  ] as const)(
    '%s of a few rows is a convolution, of many is not; the numbers are those of the definition',
    async (_, op, attributes, transposed, biased) => {
      const file = await readModel(
        onnxFile({
          inputs: [{ name: 'x', shape: ['n', 5] }],
          outputs: [{ name: 'y' }],
          nodes: [{ op, inputs: ['x', 'w', ...(biased ? ['c'] : [])], outputs: ['y'], attributes }],
          constants: { w: { dims: transposed ? [4, 5] : [5, 4], values: w }, c: { dims: [4], values: c } },
        }),
      )
      await using model = file.on(executor)
      const kinds = [1, 4, 5].map((rows) => file.program({ x: { shape: [rows, 5] } }).steps[0].kind)
      expect(kinds).toEqual(['conv', 'conv', 'op'])
      const { y } = await model.run({ x: new Tensor(Float32Array.from(x), [3, 5]) })
      expect(y.shape).toEqual([3, 4])
      ;[...y.data].forEach((value, i) => {
        expect(value).toBeCloseTo(product(Math.floor(i / 4), i % 4, transposed) + biased * c[i % 4], 5)
      })
    },
  )
})
