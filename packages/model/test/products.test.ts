// Products of rows by known weights: what is left of them and of what follows, and that the numbers are those of plain sums.
import { Tensor } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModel } from '../src/index.ts'
import { type FileNode, type FileTensor, onnxFile } from './onnx-file.ts'

const values = (size: number, seed: number) => Array.from({ length: size }, (_, i) => Math.fround(Math.sin(7 * i + seed)))

let engine: Engine
beforeAll(async () => {
  engine = await open({ threads: 2, tier: 'relaxed' })
})
afterAll(() => engine.close())

interface Case {
  readonly rows: readonly number[]
  readonly k: number
  readonly n: number
  readonly nodes: readonly FileNode[]
  readonly more?: Readonly<Record<string, FileTensor>>
  /** w is (n, k). */
  readonly transposed?: boolean
  readonly outputs?: readonly string[]
}

/** The steps of a network of x (rows, k), w (k, n) and b (n), and how far y is from `wanted` of each sum and the number of b. */
async function ran(
  { rows, k, n, nodes, more = {}, transposed = false, outputs = ['y'] }: Case,
  wanted: (sum: number, b: number) => number,
) {
  const shape = [...rows, k]
  const m = rows.reduce((product, extent) => product * extent, 1)
  const [x, w, b] = [values(m * k, 1), values(k * n, 2), values(n, 3)]
  const constants = { w: { dims: transposed ? [n, k] : [k, n], values: w }, b: { dims: [n], values: b }, ...more }
  const file = await readModel(
    onnxFile({ inputs: [{ name: 'x', shape }], outputs: outputs.map((name) => ({ name })), nodes, constants }),
  )
  const { steps } = file.program({ x: { shape } })
  await using model = file.on(engine)
  const { y } = await model.run({ x: new Tensor(Float32Array.from(x), shape) })
  const [down, across] = transposed ? [1, k] : [n, 1]
  let worst = 0
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += x[i * k + p] * w[p * down + j * across]
      worst = Math.max(worst, Math.abs(wanted(sum, b[j]) - (y.data[i * n + j] as number)))
    }
  }
  return { steps: steps.map((step) => (step.kind === 'op' ? step.plan.op : step.kind)), shape: y.shape, worst }
}

const matMul: FileNode = { op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] }
const gemm: FileNode = { op: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] }
const relu: FileNode = { op: 'Relu', inputs: ['z'], outputs: ['y'] }
const add: FileNode = { op: 'Add', inputs: ['z', 'b'], outputs: ['y'] }
const rectified = (sum: number, b: number) => Math.max(0, sum + b)
const PIXELS = ['transpose', 'conv', 'transpose']

describe('rows by known weights', () => {
  it.each([1, 4])('are %i items of a pixel where they are few', async (rows) => {
    const { steps, worst } = await ran({ rows: [rows], k: 37, n: 21, nodes: [gemm, relu] }, rectified)
    expect(steps).toEqual(['conv'])
    expect(worst).toBeLessThan(1e-5)
  })

  it.each([5, 7, 8, 9, 15, 16, 17, 33, 70])('are %i pixels of one item, with bias and activation', async (rows) => {
    for (const transposed of [false, true]) {
      const nodes = [{ ...gemm, attributes: { transB: Number(transposed) } }, relu]
      const { steps, shape, worst } = await ran({ rows: [rows], k: 37, n: 21, nodes, transposed }, rectified)
      expect(steps).toEqual(PIXELS)
      expect(shape).toEqual([rows, 21])
      expect(worst).toBeLessThan(1e-5)
    }
  })

  it('are pixels from two on where the weights are large', async () => {
    for (const rows of [1, 2, 3]) {
      const { steps, worst } = await ran({ rows: [rows], k: 512, n: 520, nodes: [gemm, relu] }, rectified)
      expect(steps).toEqual(rows === 1 ? ['conv'] : PIXELS)
      expect(worst).toBeLessThan(1e-4)
    }
  })

  it('of any stack are rows, and what reads them sees the stack', async () => {
    const nodes = [matMul, { op: 'Neg', inputs: ['z'], outputs: ['y'] }]
    const { steps, shape, worst } = await ran({ rows: [2, 3, 4], k: 512, n: 520, nodes }, (sum) => -sum)
    expect(steps).toEqual([...PIXELS, 'neg'])
    expect(shape).toEqual([2, 3, 4, 520])
    expect(worst).toBeLessThan(1e-4)
  })

  const [rows, k, n, m] = [9, 6, 8, 5]
  const [v, tanh] = [
    { dims: [n, m], values: values(n * m, 4) },
    { op: 'Tanh', inputs: ['z'], outputs: ['t'] },
  ]
  const first: FileNode = { op: 'Gemm', inputs: ['x', 'w'], outputs: ['z'] }
  const second = (input: string): FileNode => ({ op: 'Gemm', inputs: [input, 'v'], outputs: ['y'] })
  /** The steps of two products, what is between them by its definition, and how far y is from that. */
  async function two(between: FileNode[], f: (z: number) => number, outputs = ['y']) {
    const [x, w] = [values(rows * k, 1), values(k * n, 2)]
    const constants = { w: { dims: [k, n], values: w }, v, half: { type: 7, dims: [2], values: [2 * rows, n / 2] } }
    const inputs = [{ name: 'x', shape: [rows, k] }]
    const file = await readModel(
      onnxFile({ inputs, outputs: outputs.map((name) => ({ name })), nodes: [first, ...between], constants }),
    )
    const { steps } = file.program({ x: { shape: [rows, k] } })
    await using model = file.on(engine)
    const got = await model.run({ x: new Tensor(Float32Array.from(x), [rows, k]) })
    const product = (a: number[], b: number[], inner: number, columns: number) =>
      Array.from({ length: (a.length / inner) * columns }, (_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns]
        return Array.from({ length: inner }, (_, p) => a[row * inner + p] * b[p * columns + column]).reduce(
          (sum, one) => sum + one,
        )
      })
    const y = product(product(x, w, k, n).map(f), v.values, n, m)
    const worst = Math.max(...y.map((value, i) => Math.abs(value - (got.y.data[i] as number))))
    return { steps: steps.map((step) => (step.kind === 'op' ? step.plan.op : step.kind)), got, worst }
  }

  it('are turned once where two products follow each other, a function of one number between them or none', async () => {
    const one = await two([tanh, second('t')], Math.tanh)
    expect(one.steps).toEqual(['transpose', 'conv', 'tanh', 'conv', 'transpose'])
    expect(one.worst).toBeLessThan(1e-5)
    const none = await two([second('z')], (z) => z)
    expect(none.steps).toEqual(['transpose', 'conv', 'conv', 'transpose'])
    expect(none.worst).toBeLessThan(1e-5)
  })

  it('are turned once for all that read them', async () => {
    const other = { ...first, outputs: ['other'] }
    const { steps, got, worst } = await two([other, tanh, second('t')], Math.tanh, ['y', 'other'])
    expect(steps.filter((step) => step === 'transpose').length).toBe(3)
    expect(worst).toBeLessThan(1e-5)
    expect(got.other.data.length).toBe(rows * n)
  })

  it('are turned where what is between is asked for, or is read as other rows', async () => {
    const asked = await two([tanh, second('t')], Math.tanh, ['y', 't'])
    expect(asked.steps).toEqual([...PIXELS, 'tanh', ...PIXELS])
    expect(asked.worst).toBeLessThan(1e-5)
    const halves: FileNode[] = [
      { op: 'Reshape', inputs: ['t', 'half'], outputs: ['h'] },
      { op: 'Gemm', inputs: ['h', 'u'], outputs: ['y'] },
    ]
    const file = await readModel(
      onnxFile({
        inputs: [{ name: 'x', shape: [rows, k] }],
        outputs: [{ name: 'y' }],
        nodes: [first, tanh, ...halves],
        constants: {
          w: { dims: [k, n], values: values(k * n, 2) },
          half: { type: 7, dims: [2], values: [2 * rows, n / 2] },
          u: { dims: [n / 2, m], values: values((n / 2) * m, 4) },
        },
      }),
    )
    const { steps } = file.program({ x: { shape: [rows, k] } })
    expect(steps.map((step) => (step.kind === 'op' ? step.plan.op : step.kind))).toEqual([...PIXELS, 'tanh', ...PIXELS])
  })

  it('by weights and by a view of them in another shape are two products', async () => {
    const [rows, k, n] = [2, 4, 6]
    const [x, w] = [values(rows * k, 1), values(k * n, 2)]
    const nodes: FileNode[] = [
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] },
      { op: 'Reshape', inputs: ['w', 's'], outputs: ['view'] },
      { op: 'MatMul', inputs: ['h', 'view'], outputs: ['y'] },
    ]
    const constants = { w: { dims: [k, n], values: w }, s: { type: 7, dims: [2], values: [n, k] } }
    const inputs = [{ name: 'x', shape: [rows, k] }]
    const file = await readModel(onnxFile({ inputs, outputs: [{ name: 'y' }], nodes, constants }))
    await using model = file.on(engine)
    const { y } = await model.run({ x: new Tensor(Float32Array.from(x), [rows, k]) })
    const product = (a: readonly number[], b: readonly number[], inner: number, outer: number) =>
      Array.from({ length: rows * outer }, (_, i) =>
        Array.from({ length: inner }, (_, j) => a[Math.floor(i / outer) * inner + j] * b[j * outer + (i % outer)]).reduce(
          (p, q) => p + q,
        ),
      )
    const right = product(product(x, w, k, n), w, n, k)
    right.forEach((value, i) => {
      expect(y.data[i]).toBeCloseTo(value, 4)
    })
  })

  it('by small weights stay a product of matrices, bias or not', async () => {
    const { steps, worst } = await ran({ rows: [2, 9], k: 32, n: 24, nodes: [matMul, add] }, (sum, b) => sum + b)
    expect(steps).toEqual(['matMul', 'add'])
    expect(worst).toBeLessThan(1e-5)
  })
})

describe('a convolution of pictures of one pixel', () => {
  const constants = {
    v: { dims: [8, 6, 1, 1], values: values(48, 2) },
    depthwise: { dims: [6, 1, 1, 1], values: values(6, 3) },
  }
  const conv = (weight: keyof typeof constants, y: string, group = 1): FileNode => ({
    op: 'Conv',
    inputs: ['x', weight],
    outputs: [y],
    attributes: { group },
  })
  const stepsOf = async (batch: number, nodes: FileNode[]) => {
    const shape = [batch, 6, 1, 1]
    const file = await readModel(onnxFile({ inputs: [{ name: 'x', shape }], outputs: [{ name: 'y' }], nodes, constants }))
    return file.program({ x: { shape } }).steps.map((step) => (step.kind === 'op' ? step.plan.op : step.kind))
  }

  it('is one of many pixels where there are many', async () => {
    expect(await stepsOf(4, [conv('v', 'y')])).toEqual(['conv'])
    expect(await stepsOf(5, [conv('v', 'y')])).toEqual(PIXELS)
  })

  it('stays where it has groups, or a residual', async () => {
    expect(await stepsOf(5, [conv('depthwise', 'y', 6)])).toEqual(['conv'])
    const sum = { op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }
    expect((await stepsOf(5, [conv('v', 'a'), conv('v', 'b'), sum])).sort()).toEqual(['conv', ...PIXELS].sort())
  })
})

describe('a known vector that is added to a product', () => {
  const large = { rows: [6], k: 512, n: 520 }

  it.each([[['z', 'b']], [['b', 'z']]])(
    'is its bias, as of Gemm: Add of %j, and what follows is its activation',
    async (inputs) => {
      const nodes = [matMul, { ...add, inputs, outputs: ['s'] }, { ...relu, inputs: ['s'] }]
      const { steps, worst } = await ran({ ...large, nodes }, rectified)
      expect(steps).toEqual(PIXELS)
      expect(worst).toBeLessThan(1e-4)
      expect((await ran({ rows: [3], k: 12, n: 8, nodes }, rectified)).steps).toEqual(['conv'])
    },
  )

  it('stays where someone else reads the product', async () => {
    const { steps } = await ran({ ...large, nodes: [matMul, add], outputs: ['y', 'z'] }, (sum, b) => sum + b)
    expect(steps).toEqual([...PIXELS, 'add'])
  })

  it('stays where it is not a number a column, or there is one already', async () => {
    const more = { b: { dims: [6, 1], values: values(6, 3) } }
    const column = await ran({ ...large, nodes: [matMul, add], more }, (sum) => sum)
    expect(column.steps).toEqual([...PIXELS, 'add'])
    const twice = [matMul, { ...add, outputs: ['s'] }, { op: 'Add', inputs: ['s', 'b'], outputs: ['y'] }]
    const { steps, worst } = await ran({ ...large, nodes: twice }, (sum, b) => sum + 2 * b)
    expect(steps).toEqual([...PIXELS, 'add'])
    expect(worst).toBeLessThan(1e-4)
  })
})
