// What damaged files are made of: networks written down here, real ones, and those of the ONNX project's own tests where installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomNumbers } from '../../../../tools/random.ts'
import { type FileNetwork, type FileTensor, onnxFile } from '../onnx-file.ts'
import { pathOf, REAL_MODELS } from '../real/models.ts'

const ONNX_TESTS = '/usr/share/libonnx-testdata/data/node'
/** Real networks larger than this take long to read a hundred thousand times. */
const MOST_BYTES = 700_000

const random = randomNumbers(1)
const weights = (...dims: number[]): FileTensor => ({
  dims,
  values: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1),
})
const ints = (...values: number[]): FileTensor => ({ type: 7, dims: [values.length], values })
const one = (value: number, type = 1): FileTensor => ({ type, dims: [], values: [value] })
const x = { name: 'x', shape: ['n', 3, 12, 10] }
const y = [{ name: 'y' }]

const CLASSIFIER: FileNetwork = {
  inputs: [x],
  outputs: y,
  nodes: [
    { op: 'Pad', inputs: ['x', 'pads'], outputs: ['p'], attributes: { mode: 'reflect' } },
    { op: 'Conv', inputs: ['p', 'w1'], outputs: ['c1'], attributes: { kernel_shape: [3, 3], strides: [2, 1], group: 1 } },
    { op: 'BatchNormalization', inputs: ['c1', 's', 's', 's', 'v'], outputs: ['b1'], attributes: { epsilon: { float: 1e-3 } } },
    { op: 'Relu', inputs: ['b1'], outputs: ['r1'] },
    { op: 'MaxPool', inputs: ['r1'], outputs: ['m1'], attributes: { kernel_shape: [2, 2], pads: [0, 0, 1, 1], ceil_mode: 1 } },
    { op: 'Conv', inputs: ['m1', 'w2', 's'], outputs: ['c2'], attributes: { pads: [1, 1, 1, 1], group: 4, dilations: [1, 1] } },
    { op: 'Add', inputs: ['c2', 'm1'], outputs: ['a2'] },
    { op: 'LeakyRelu', inputs: ['a2'], outputs: ['r2'], attributes: { alpha: { float: 0.1 } } },
    { op: 'AveragePool', inputs: ['r2'], outputs: ['v2'], attributes: { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' } },
    { op: 'GlobalAveragePool', inputs: ['v2'], outputs: ['g'] },
    { op: 'Flatten', inputs: ['g'], outputs: ['f'] },
    { op: 'Gemm', inputs: ['f', 'w3', 'b3'], outputs: ['d'], attributes: { transB: 1 } },
    { op: 'Softmax', inputs: ['d'], outputs: ['y'], attributes: { axis: -1 } },
  ],
  constants: {
    pads: ints(0, 0, 1, 1, 0, 0, 1, 1),
    w1: weights(4, 3, 3, 3),
    w2: weights(4, 1, 3, 3),
    s: weights(4),
    v: { dims: [4], values: [1, 2, 3, 4] },
    w3: weights(5, 4),
    b3: { ...weights(5), as: 'field' },
  },
}

const SHAPES: FileNetwork = {
  inputs: [x, { name: 'sizes', type: 7, shape: [2] }],
  outputs: [...y, { name: 'z' }, { name: 'e' }],
  nodes: [
    { op: 'Shape', inputs: ['x'], outputs: ['s'] },
    { op: 'Gather', inputs: ['s', 'zero'], outputs: ['n'], attributes: { axis: 0 } },
    { op: 'Unsqueeze', inputs: ['n', 'axes'], outputs: ['n1'] },
    { op: 'Constant', inputs: [], outputs: ['minus'], attributes: { value: ints(-1) } },
    { op: 'Concat', inputs: ['n1', 'minus', 'four'], outputs: ['to'], attributes: { axis: 0 } },
    { op: 'Reshape', inputs: ['x', 'to'], outputs: ['r'] },
    { op: 'Transpose', inputs: ['r'], outputs: ['t'], attributes: { perm: [0, 2, 1] } },
    { op: 'MatMul', inputs: ['t', 'w'], outputs: ['m'] },
    { op: 'Slice', inputs: ['m', 'from', 'until', 'axes1', 'steps'], outputs: ['c'] },
    { op: 'Squeeze', inputs: ['n1', 'axes'], outputs: ['q'] },
    { op: 'Range', inputs: ['zero', 'many', 'by'], outputs: ['range'] },
    { op: 'ConstantOfShape', inputs: ['four'], outputs: ['filled'], attributes: { value: { type: 7, dims: [1], values: [2] } } },
    { op: 'Cast', inputs: ['range'], outputs: ['f'], attributes: { to: 1 } },
    { op: 'Tile', inputs: ['f', 'four'], outputs: ['tiled'] },
    { op: 'Expand', inputs: ['q', 'sizes'], outputs: ['expanded'] },
    { op: 'Equal', inputs: ['range', 'zero'], outputs: ['eq'] },
    { op: 'Where', inputs: ['eq', 'range', 'zero'], outputs: ['z'] },
    { op: 'Mul', inputs: ['expanded', 'filled'], outputs: ['e'] },
    { op: 'ReduceMean', inputs: ['c'], outputs: ['mean'], attributes: { axes: [1, 2], keepdims: 1 } },
    { op: 'Split', inputs: ['c', 'parts'], outputs: ['p1', 'p2'], attributes: { axis: 2 } },
    { op: 'Sub', inputs: ['p1', 'mean'], outputs: ['y'] },
  ],
  constants: {
    zero: one(0, 7),
    many: one(9, 7),
    by: one(2, 7),
    axes: ints(0),
    axes1: ints(1),
    four: ints(4),
    from: ints(0),
    until: ints(2 ** 40),
    steps: ints(2),
    parts: ints(2, 3),
    w: weights(90, 5),
  },
}

const UPSCALER: FileNetwork = {
  inputs: [x],
  outputs: y,
  nodes: [
    {
      op: 'ConvTranspose',
      inputs: ['x', 'w'],
      outputs: ['u'],
      attributes: { strides: [2, 2], output_padding: [1, 0], group: 1 },
    },
    { op: 'InstanceNormalization', inputs: ['u', 's', 's'], outputs: ['i'] },
    { op: 'LRN', inputs: ['i'], outputs: ['l'], attributes: { size: 3 } },
    { op: 'Add', inputs: ['l', 'three'], outputs: ['a'] },
    { op: 'Clip', inputs: ['a', 'zero', 'six'], outputs: ['c'] },
    { op: 'Mul', inputs: ['l', 'c'], outputs: ['m'] },
    { op: 'Div', inputs: ['m', 'six'], outputs: ['h'] },
    { op: 'Resize', inputs: ['h', '', 'scales'], outputs: ['r'], attributes: { mode: 'linear' } },
    { op: 'Resize', inputs: ['r', '', '', 'sizes'], outputs: ['r2'], attributes: { mode: 'cubic', antialias: 1 } },
    { op: 'DepthToSpace', inputs: ['r2'], outputs: ['d'], attributes: { blocksize: 2, mode: 'CRD' } },
    { op: 'SpaceToDepth', inputs: ['d'], outputs: ['sd'], attributes: { blocksize: 2 } },
    { op: 'Sigmoid', inputs: ['sd'], outputs: ['g'] },
    { op: 'PRelu', inputs: ['r2', 'slope'], outputs: ['pr'] },
    { op: 'Concat', inputs: ['g', 'pr'], outputs: ['cat'], attributes: { axis: 1 } },
    { op: 'LpPool', inputs: ['cat'], outputs: ['y'], attributes: { kernel_shape: [2, 2], p: 2 } },
  ],
  constants: {
    w: weights(3, 4, 2, 3),
    s: weights(4),
    slope: weights(4, 1, 1),
    three: one(3),
    six: one(6),
    zero: one(0),
    scales: { dims: [4], values: [1, 1, 1.5, 2] },
    sizes: ints(1, 4, 14, 10),
  },
}

const DETECTOR: FileNetwork = {
  inputs: [
    { name: 'boxes', shape: [1, 20, 4] },
    { name: 'scores', shape: [1, 2, 20] },
  ],
  outputs: [...y, { name: 'top' }, { name: 'where' }, { name: 'soft' }],
  nodes: [
    { op: 'NonMaxSuppression', inputs: ['boxes', 'scores', 'most', 'iou', 'least'], outputs: ['y'] },
    { op: 'TopK', inputs: ['scores', 'k'], outputs: ['top', 'places'], attributes: { axis: -1, largest: 1 } },
    { op: 'ArgMax', inputs: ['scores'], outputs: ['where'], attributes: { axis: 1, select_last_index: 1 } },
    { op: 'LayerNormalization', inputs: ['boxes', 's', 's'], outputs: ['n'] },
    { op: 'ReduceMax', inputs: ['n'], outputs: ['m'], attributes: { axes: [1], keepdims: 0 } },
    { op: 'LogSoftmax', inputs: ['m'], outputs: ['soft'] },
  ],
  constants: { most: ints(5), iou: one(0.5), least: one(0.1), k: ints(3), s: weights(4) },
}

/** Networks, by name, the most changed ones first. */
export function corpus(): readonly (readonly [name: string, file: Uint8Array])[] {
  const own = Object.entries({ CLASSIFIER, SHAPES, UPSCALER, DETECTOR }).map(([name, net]) => [name, onnxFile(net)] as const)
  const real = REAL_MODELS.map((model) => [model.name, new Uint8Array(readFileSync(pathOf(model)))] as const)
  const names = existsSync(ONNX_TESTS) ? readdirSync(ONNX_TESTS).sort() : []
  const tests = names.map((name) => [name, new Uint8Array(readFileSync(join(ONNX_TESTS, name, 'model.onnx')))] as const)
  return [...own, ...real.filter(([, { length }]) => length < MOST_BYTES), ...tests]
}
