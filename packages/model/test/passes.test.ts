// What passes leave of a network, before and after: fewer steps, the same numbers.
import { Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { localExecutor, readModel } from '../src/index.ts'
import { type FileNode, type FileTensor, onnxFile } from './onnx-file.ts'

const executor = localExecutor({ tier: 'simd128' })
const values = (size: number, seed: number) => Array.from({ length: size }, (_, i) => Math.sin(7 * i + seed))

const scalar = (value: number): FileTensor => ({ dims: [], values: [value] })

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
    ['AveragePool', { kernel_shape: [1, 2] }, 'conv'],
    // Weights would be more than pixels.
    ['AveragePool', { kernel_shape: [7, 8], pads: [3, 4, 3, 4], count_include_pad: 1 }, 'averagePool'],
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

  it('stay where someone else reads the product', async () => {
    const sum = { op: 'Add', inputs: ['y', 'z'], outputs: ['s'] }
    expect((await ran(product([gemm, relu], 1, ['y', 'z']))).steps).toEqual(['conv', 'relu'])
    expect((await ran(product([gemm, relu, sum], 1, ['s']))).steps).toEqual(['conv', 'relu', 'add'])
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

describe('x / 2 (1 + Erf(x / the root of 2))', () => {
  const constants = {
    root: scalar(Math.SQRT2),
    inverse: scalar(Math.SQRT1_2),
    half: scalar(0.5),
    two: scalar(2),
    unit: scalar(1),
  }
  const div = { op: 'Div', inputs: ['x', 'root'], outputs: ['z'] }
  const erf = { op: 'Erf', inputs: ['z'], outputs: ['e'] }
  const add = { op: 'Add', inputs: ['e', 'unit'], outputs: ['s'] }
  const mul = (inputs: string[], output: string): FileNode => ({ op: 'Mul', inputs, outputs: [output] })
  const last: FileNode[] = [mul(['x', 's'], 'p'), mul(['p', 'half'], 'y')]
  const gelu = (nodes: FileNode[], outputs = ['y']) => ran({ shape: [1, 2, 5, 4], nodes, constants, outputs })

  it.each<[string, FileNode[]]>([
    ['as PyTorch writes it', [div, erf, add, ...last]],
    ['as a product', [mul(['inverse', 'x'], 'z'), erf, { ...add, inputs: ['unit', 'e'] }, ...last]],
    ['x halved first', [div, erf, add, mul(['x', 'half'], 'h'), mul(['h', 's'], 'y')]],
    ['x divided by 2', [div, erf, add, { op: 'Div', inputs: ['x', 'two'], outputs: ['h'] }, mul(['s', 'h'], 'y')]],
    ['the sum halved first', [div, erf, add, mul(['half', 's'], 'h'), mul(['x', 'h'], 'y')]],
  ])('is one step, %s', async (_, nodes) => {
    const { steps, got } = await gelu(nodes)
    expect(steps).toEqual(['gelu'])
    const one = await ran({ shape: [1, 2, 5, 4], nodes: [{ op: 'Gelu', inputs: ['x'], outputs: ['y'] }] })
    expect(got.y.data).toEqual(one.got.y.data)
  })

  it.each<[string, FileNode[], string[]]>([
    ['another number is added', [div, erf, { ...add, inputs: ['e', 'two'] }, ...last], ['y']],
    ['another value is multiplied', [div, erf, add, mul(['z', 's'], 'p'), mul(['p', 'half'], 'y')], ['y']],
    ['it is another root', [{ ...div, inputs: ['x', 'two'] }, erf, add, ...last], ['y']],
    ['it is not halved', [div, erf, add, mul(['x', 's'], 'p'), mul(['p', 'two'], 'y')], ['y']],
    ['the sum is multiplied by itself', [div, erf, add, mul(['s', 's'], 'p'), mul(['p', 'half'], 'y')], ['y']],
    ['what is between is asked for', [div, erf, add, ...last], ['y', 'e']],
    ['the product is asked for', [div, erf, add, ...last], ['y', 'p']],
  ])('stays where %s', async (_, nodes, outputs) => {
    expect((await gelu(nodes, outputs)).steps).toContain('erf')
  })
})

describe('means of windows', () => {
  const pool = (attributes: Required<FileNode>['attributes'], shape = [2, 3, 6, 7]): Case => ({
    shape,
    nodes: [{ op: 'AveragePool', inputs: ['x'], outputs: ['y'], attributes }],
  })
  const padded = (attributes: Required<FileNode>['attributes'], mode = 'constant'): Case => ({
    shape: [2, 3, 6, 7],
    nodes: [
      { op: 'Pad', inputs: ['x', 'pads'], outputs: ['p'], attributes: { mode } },
      { op: 'AveragePool', inputs: ['p'], outputs: ['y'], attributes },
    ],
    constants: { pads: { type: 7, dims: [8], values: [0, 0, 1, 0, 0, 0, 1, 2] } },
  })
  /** Of x, between zeros that count, by windows of 3 by 3 in steps of 1. */
  const mean = ([top, left, bottom, right]: readonly number[], got: { shape: readonly number[]; data: ArrayLike<unknown> }) => {
    const [h, w] = [6 + top + bottom - 2, 7 + left + right - 2]
    expect(got.shape).toEqual([2, 3, h, w])
    const x = values(2 * 3 * 6 * 7, 4)
    for (let i = 0; i < got.data.length; i++) {
      const [plane, oh, ow] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w]
      let sum = 0
      for (let kh = 0; kh < 3; kh++) {
        for (let kw = 0; kw < 3; kw++) {
          const [ih, iw] = [oh + kh - top, ow + kw - left]
          if (ih >= 0 && ih < 6 && iw >= 0 && iw < 7) sum += x[plane * 42 + ih * 7 + iw]
        }
      }
      expect(got.data[i]).toBeCloseTo(sum / 9, 6)
    }
  }

  it('that are the picture are one mean a channel', async () => {
    const { steps, got } = await ran(pool({ kernel_shape: [6, 7], strides: [6, 7] }))
    expect(steps).toEqual(['reduceMean'])
    const x = values(2 * 3 * 42, 4)
    for (let plane = 0; plane < 6; plane++) {
      const wanted = x.slice(42 * plane, 42 * plane + 42).reduce((sum, value) => sum + value, 0) / 42
      expect(got.y.data[plane]).toBeCloseTo(wanted, 6)
    }
  })

  it('of as many pixels each are a convolution', async () => {
    const { steps, got } = await ran(pool({ kernel_shape: [3, 3] }))
    expect(steps).toEqual(['conv'])
    mean([0, 0, 0, 0], got.y)
    const counted = await ran(pool({ kernel_shape: [3, 3], pads: [1, 0, 1, 2], count_include_pad: 1 }))
    expect(counted.steps).toEqual(['conv'])
    mean([1, 0, 1, 2], counted.got.y)
  })

  it('take up a Pad of zeros before them', async () => {
    const { steps, got } = await ran(padded({ kernel_shape: [3, 3] }))
    expect(steps).toEqual(['conv'])
    mean([1, 0, 1, 2], got.y)
  })

  it.each([
    ['windows that count fewer pixels', pool({ kernel_shape: [3, 3], pads: [1, 0, 1, 2] }), ['averagePool']],
    ['a last window beyond the pixels', pool({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }), ['averagePool']],
    ['pixels reflected', padded({ kernel_shape: [3, 3] }, 'reflect'), ['pad', 'conv']],
    ['padding of its own that does not count', padded({ kernel_shape: [3, 3], pads: [1, 1, 1, 1] }), ['pad', 'averagePool']],
  ])('stay as they are: %s', async (_, network, wanted) => {
    expect((await ran(network)).steps).toEqual(wanted)
  })
})

describe('BatchNormalization that follows no convolution', () => {
  const stored = (seed: number) => ({ dims: [3], values: values(3, seed).map((value) => 1 + Math.abs(value)) })
  const constants = { s: stored(1), b: stored(2), m: stored(3), v: stored(5) }
  const norm = { op: 'BatchNormalization', inputs: ['x', 's', 'b', 'm', 'v'], outputs: ['n'] }
  const nodes = [norm, { op: 'Relu', inputs: ['n'], outputs: ['y'] }]

  it.each([[[2, 3, 5]], [[2, 3, 6, 7]], [[1, 3, 96, 90]], [[1, 3, 4, 3, 2]]])(
    'of %j is a convolution by a pixel, with its activation',
    async (shape) => {
      const { steps, got } = await ran({ shape, nodes, constants })
      expect(steps).toEqual(['conv'])
      expect(got.y.shape).toEqual(shape)
      const size = shape.reduce((product, extent) => product * extent, 1)
      const plane = size / shape[0] / 3
      const at = (name: keyof typeof constants, c: number) => Math.fround(constants[name].values[c])
      const wrong = values(size, 4).findIndex((value, i) => {
        const c = Math.floor(i / plane) % 3
        const wanted = ((value - at('m', c)) / Math.sqrt(at('v', c) + 1e-5)) * at('s', c) + at('b', c)
        return !(Math.abs(Number(got.y.data[i]) - Math.max(0, wanted)) < 1e-5)
      })
      expect(wrong).toBe(-1)
    },
  )

  it('stays where its statistics are not known, and where a number of them is not finite', async () => {
    const scaled = [
      { op: 'Neg', inputs: ['x'], outputs: ['s'] },
      { ...norm, inputs: ['x', 's', 'b', 'm', 'v'], outputs: ['y'] },
    ]
    const one = { dims: [1], values: [1] }
    const single = { b: one, m: one, v: one }
    expect((await ran({ shape: [1, 1, 1], nodes: scaled, constants: single })).steps).toEqual(['neg', 'batchNorm'])
    const infinite = { ...constants, v: { dims: [3], values: [1, 1, -1] } }
    const lone = [{ ...norm, outputs: ['y'] }]
    expect((await ran({ shape: [1, 3, 4], nodes: lone, constants: infinite })).steps).toEqual(['batchNorm'])
  })
})

describe('Max and Min of a value and one number', () => {
  const constants = { c: { dims: [1, 1], values: [0.25] } }
  it.each([
    ['Max', ['x', 'c'], (x: number) => Math.max(x, 0.25)],
    ['Min', ['c', 'x'], (x: number) => Math.min(x, 0.25)],
  ])('are a clip: %s of %j', async (op, inputs, wanted) => {
    const { steps, got } = await ran({ shape: [4, 5], nodes: [{ op, inputs, outputs: ['y'] }], constants })
    expect(steps).toEqual(['clip'])
    expect(got.y.data).toEqual(Float32Array.from(values(20, 4), wanted))
  })

  it('stay where the number has more axes than the value, or there are several', async () => {
    const max = { op: 'Max', inputs: ['x', 'c'], outputs: ['y'] }
    expect((await ran({ shape: [4], nodes: [max], constants })).steps).toEqual(['maxOf'])
    expect((await ran({ shape: [4, 5], nodes: [{ ...max, inputs: ['x', 'x', 'c'] }], constants })).steps).toEqual(['maxOf'])
  })
})

describe('a Softmax that is given', () => {
  /** The numerics of two convolutions, of 511 and of 512 products, before nodes that take `s` and give `y`. */
  async function numerics(...nodes: FileNode[]) {
    const weight = (ic: number): FileTensor => ({ dims: [1, ic, 1, 1], values: values(ic, 2) })
    const file = await readModel(
      onnxFile({
        inputs: [
          { name: 'a', shape: [1, 511, 2, 2] },
          { name: 'b', shape: [1, 512, 2, 2] },
        ],
        outputs: [{ name: 'y' }],
        nodes: [
          { op: 'Conv', inputs: ['a', 'v'], outputs: ['c'] },
          { op: 'Conv', inputs: ['b', 'w'], outputs: ['d'] },
          { op: 'Sub', inputs: ['c', 'd'], outputs: ['s'] },
          ...nodes,
        ],
        constants: { v: weight(511), w: weight(512) },
      }),
    )
    const { steps } = file.program({ a: { shape: [1, 511, 2, 2] }, b: { shape: [1, 512, 2, 2] } })
    return steps.flatMap((step) => (step.kind === 'conv' ? [step.descriptor.numerics] : []))
  }

  it('has convolutions of fewer than 512 products before it in float32, through what moves its numbers alone', async () => {
    expect(await numerics({ op: 'Softmax', inputs: ['s'], outputs: ['y'] })).toEqual(['float32', 'fast'])
    const moved: FileNode[] = [
      { op: 'Softmax', inputs: ['s'], outputs: ['p'] },
      { op: 'Transpose', inputs: ['p'], outputs: ['t'] },
      { op: 'Flatten', inputs: ['t'], outputs: ['y'] },
    ]
    expect(await numerics(...moved)).toEqual(['float32', 'fast'])
  })

  it('is found behind more nodes than calls fit on a stack', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `t${index}`)
    const moved = [...names, 'y'].map(
      (to, index): FileNode => ({ op: 'Flatten', inputs: [names[index - 1] ?? 'p'], outputs: [to] }),
    )
    expect(await numerics({ op: 'Softmax', inputs: ['s'], outputs: ['p'] }, ...moved)).toEqual(['float32', 'fast'])
  })

  it('leaves the others as they are, where no output is one', async () => {
    expect(await numerics({ op: 'Relu', inputs: ['s'], outputs: ['y'] })).toEqual(['fast', 'fast'])
    const attention: FileNode[] = [
      { op: 'Softmax', inputs: ['s'], outputs: ['p'] },
      { op: 'Mul', inputs: ['p', 's'], outputs: ['y'] },
    ]
    expect(await numerics(...attention)).toEqual(['fast', 'fast'])
  })
})
