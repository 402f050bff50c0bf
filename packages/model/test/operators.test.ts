import { Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { load, localExecutor } from '../src/index.ts'
import { type FileAttribute, type FileTensor, onnxFile } from './onnx-file.ts'

const executor = localExecutor({ tier: 'simd128' })

interface Sample {
  readonly opset: number
  readonly attributes?: Readonly<Record<string, FileAttribute>>
  /** Inputs after x; null is left out. */
  readonly constants?: readonly (FileTensor | null)[]
  readonly outputs?: number
}

const ints = (...values: number[]): FileTensor => ({ type: 7, dims: [values.length], values })
const floats = (...values: number[]): FileTensor => ({ dims: [values.length], values })
const float = (value: number): FileTensor => ({ dims: [], values: [value] })

/** The outputs of one node on x. */
async function run(op: string, shape: readonly number[], x: readonly number[], sample: Sample) {
  const { opset, attributes = {}, constants = [], outputs = 1 } = sample
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const bytes = onnxFile({
    opset,
    inputs: [{ name: 'x', shape }],
    outputs: names.map((name) => ({ name })),
    nodes: [{ op, inputs: ['x', ...constants.map((c, i) => (c === null ? '' : `c${i}`))], outputs: names, attributes }],
    constants: Object.fromEntries(constants.flatMap((c, i) => (c === null ? [] : [[`c${i}`, c]]))),
  })
  await using model = await load(executor, bytes)
  const got = await model.run({ x: new Tensor(Float32Array.from(x), shape) })
  return names.map((name) => ({ shape: got[name].shape, numbers: Array.from<number | bigint, number>(got[name].data, Number) }))
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Forms of one node over the versions of its operator: all give the same. */
const SAME: readonly (readonly [
  what: string,
  op: string,
  shape: number[],
  forms: readonly Sample[],
  wanted: readonly number[][],
])[] = [
  [
    'Clip with bounds as attributes and as inputs',
    'Clip',
    [4],
    [
      { opset: 7, attributes: { min: { float: 1 }, max: { float: 2 } } },
      { opset: 11, constants: [float(1), float(2)] },
    ],
    [[1, 1, 2, 2]],
  ],
  ['Clip without a lower bound', 'Clip', [4], [{ opset: 13, constants: [null, float(2)] }], [[0, 1, 2, 2]]],
  [
    'Slice, its end far outside',
    'Slice',
    [2, 3],
    [
      { opset: 9, attributes: { starts: [1], ends: [2 ** 40], axes: [1] } },
      { opset: 10, constants: [ints(1), ints(2 ** 40), ints(-1)] },
    ],
    [[1, 2, 4, 5]],
  ],
  [
    'Slice backwards to before the first',
    'Slice',
    [3],
    [{ opset: 13, constants: [ints(-1), ints(-9), ints(0), ints(-2)] }],
    [[2, 0]],
  ],
  [
    'Split by sizes',
    'Split',
    [3],
    [
      { opset: 11, attributes: { split: [1, 2] }, outputs: 2 },
      { opset: 13, constants: [ints(1, 2)], outputs: 2 },
    ],
    [[0], [1, 2]],
  ],
  [
    'Split into parts, the last one smaller',
    'Split',
    [5],
    [{ opset: 18, attributes: { num_outputs: 2 }, outputs: 2 }],
    [
      [0, 1, 2],
      [3, 4],
    ],
  ],
  [
    'Pad',
    'Pad',
    [3],
    [
      { opset: 10, attributes: { pads: [1, 0], value: { float: 9 } } },
      { opset: 11, constants: [ints(1, 0), float(9)] },
      { opset: 18, constants: [ints(1, 0), float(9), ints(-1)] },
    ],
    [[9, 0, 1, 2]],
  ],
  [
    'Pad wrapped around',
    'Pad',
    [3],
    [{ opset: 19, attributes: { mode: 'wrap' }, constants: [ints(1, 2)] }],
    [[2, 0, 1, 2, 0, 1]],
  ],
  [
    'TopK',
    'TopK',
    [4],
    [
      { opset: 9, attributes: { k: 2 }, outputs: 2 },
      { opset: 11, constants: [ints(2)], outputs: 2 },
    ],
    [
      [3, 2],
      [3, 2],
    ],
  ],
  [
    'ReduceSum over an axis',
    'ReduceSum',
    [2, 2],
    [
      { opset: 11, attributes: { axes: [1], keepdims: 0 } },
      { opset: 13, attributes: { keepdims: 0 }, constants: [ints(-1)] },
    ],
    [[1, 5]],
  ],
  [
    'ReduceMax over an axis',
    'ReduceMax',
    [2, 2],
    [
      { opset: 13, attributes: { axes: [0] } },
      { opset: 18, constants: [ints(0)] },
    ],
    [[2, 3]],
  ],
  [
    'Upsample and Resize by scales',
    'Upsample',
    [1, 1, 1, 2],
    [
      { opset: 7, attributes: { scales: { floats: [1, 1, 1, 2] } } },
      { opset: 9, constants: [floats(1, 1, 1, 2)] },
    ],
    [[0, 0, 1, 1]],
  ],
  [
    'Resize by scales',
    'Resize',
    [1, 1, 1, 2],
    [
      { opset: 10, constants: [floats(1, 1, 1, 2)] },
      { opset: 11, constants: [null, floats(1, 1, 1, 2)] },
      { opset: 13, constants: [floats(), floats(1, 1, 1, 2)] },
      { opset: 13, constants: [null, null, ints(1, 1, 1, 4)] },
      { opset: 18, attributes: { axes: [3] }, constants: [null, floats(2)] },
      { opset: 18, attributes: { axes: [-1, 2] }, constants: [null, null, ints(4, 1)] },
    ],
    [[0, 0, 1, 1]],
  ],
  [
    'Resize that keeps the aspect ratio',
    'Resize',
    [2, 2],
    [
      { opset: 18, attributes: { keep_aspect_ratio_policy: 'not_larger' }, constants: [null, null, ints(9, 2)] },
      { opset: 18, attributes: { keep_aspect_ratio_policy: 'not_smaller' }, constants: [null, null, ints(2, 1)] },
    ],
    [[0, 1, 2, 3]],
  ],
  ['Dropout', 'Dropout', [2], [{ opset: 7 }, { opset: 12, constants: [float(0.5)] }], [[0, 1]]],
  [
    'Dropout with its mask',
    'Dropout',
    [2],
    [{ opset: 12, constants: [float(0.5)], outputs: 2 }],
    [
      [0, 1],
      [1, 1],
    ],
  ],
  [
    'AveragePool that makes an output of every other pixel',
    'AveragePool',
    [1, 1, 4],
    [
      { opset: 7, attributes: { kernel_shape: [3], strides: [2], auto_pad: 'SAME_UPPER' } },
      { opset: 19, attributes: { kernel_shape: [3], strides: [2], pads: [0, 1] } },
    ],
    [[1, 2.5]],
  ],
  [
    'AveragePool with dilation',
    'AveragePool',
    [1, 1, 4],
    [{ opset: 19, attributes: { kernel_shape: [2], dilations: [2] } }],
    [[1, 2]],
  ],
  ['LpPool', 'LpPool', [1, 1, 4], [{ opset: 18, attributes: { kernel_shape: [2], strides: [2], p: 1 } }], [[1, 5]]],
]

describe('an ONNX operator', () => {
  it.each(SAME)('is the same in all of its versions: %s', async (_, op, shape, forms, wanted) => {
    const x = upTo(shape.reduce((product, extent) => product * extent, 1))
    for (const form of forms) {
      const got = await run(op, shape, x, form)
      expect(got.map(({ numbers }) => numbers)).toEqual(wanted)
    }
  })

  it('sums Softmax over all axes from one on up to opset 12, over one axis from 13', async () => {
    const x = [0, 0, 0, 0]
    expect((await run('Softmax', [1, 2, 2], x, { opset: 12 }))[0].numbers).toEqual([0.25, 0.25, 0.25, 0.25])
    expect((await run('Softmax', [1, 2, 2], x, { opset: 13 }))[0].numbers).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  it('squeezes and unsqueezes by an attribute or by an input', async () => {
    const shapeOf = async (op: string, sample: Sample) => (await run(op, [1, 2, 1], [1, 2], sample))[0].shape
    expect(await shapeOf('Squeeze', { opset: 11, attributes: { axes: [0] } })).toEqual([2, 1])
    expect(await shapeOf('Squeeze', { opset: 13, constants: [ints(-1)] })).toEqual([1, 2])
    expect(await shapeOf('Squeeze', { opset: 13 })).toEqual([2])
    expect(await shapeOf('Unsqueeze', { opset: 11, attributes: { axes: [0, -1] } })).toEqual([1, 1, 2, 1, 1])
    expect(await shapeOf('Unsqueeze', { opset: 13, constants: [ints(1)] })).toEqual([1, 1, 2, 1])
  })

  it('of an opset before its inputs were what they are is refused, and named', async () => {
    await expect(run('Split', [2], [0, 1], { opset: 1, outputs: 2 })).rejects.toThrow(
      "Split of opset 1 (it reads 2 and later) ('y0')",
    )
  })

  it.each<[op: string, shape: number[], sample: Sample, sentence: string]>([
    ['Reshape', [2, 3], { opset: 13, constants: [ints(4, -1)] }, "Reshape 'y0': (2, 3) cannot be reshaped to (4, -1)"],
    ['Squeeze', [2, 1], { opset: 13, constants: [ints(0)] }, "Squeeze 'y0': axis 0 of (2, 1) is not 1"],
    ['Slice', [2], { opset: 13, constants: [ints(0), ints(2), ints(0), ints(0)] }, "Slice 'y0': a step is 0"],
    ['Pad', [2], { opset: 13, attributes: { mode: 'round' }, constants: [ints(1, 1)] }, "Pad 'y0': mode 'round' is unknown"],
    ['Resize', [2], { opset: 13 }, "Resize 'y0': it has 0 scales and 0 sizes for 1 axes"],
    ['MaxPool', [1, 1, 2], { opset: 13, attributes: { kernel_shape: [3] } }, "MaxPool 'y0': maxPool: a window of 3 pixels"],
    ['Split', [3], { opset: 13, constants: [ints(1, 1, 1)], outputs: 2 }, "Split 'y0': it has 2 outputs for parts of (1, 1, 1)"],
  ])('says what does not fit, and in which node: %s', async (op, shape, sample, sentence) => {
    await expect(run(op, shape, upTo(shape.reduce((a, b) => a * b, 1)), sample)).rejects.toThrow(sentence)
  })
})
