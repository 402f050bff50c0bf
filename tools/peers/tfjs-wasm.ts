// TensorFlow.js on its WebAssembly backend, which has one thread under Node. Its own layout, N H W C, outside of what is timed.
import { readFloats } from '../../apps/bench/src/layers/floats.ts'
import type { LayerTask } from '../../apps/bench/src/layers/protocol.ts'
import { contestant, type Prepared, serve, Unsupported } from '../../apps/bench/src/layers/serve.ts'
import { load, versionOf } from './installed.ts'

interface Tensor {
  transpose(axes: number[]): Tensor
  add(other: Tensor): Tensor
  dataSync(): Float32Array
  dispose(): void
}

interface ConvOptions {
  x: Tensor
  filter: Tensor
  bias: Tensor
  strides: number[]
  pad: number[][]
  dilations: number[]
}

interface TensorFlow {
  tensor(data: Float32Array, shape: readonly number[]): Tensor
  tidy(work: () => Tensor): Tensor
  setBackend(name: string): Promise<boolean>
  readonly fused: { conv2d(options: ConvOptions): Tensor; depthwiseConv2d(options: ConvOptions): Tensor }
  conv2dTranspose(x: Tensor, filter: Tensor, shape: number[], strides: number[], pad: number[][]): Tensor
}

const BACKEND = '@tensorflow/tfjs-backend-wasm'
const tf = await load<TensorFlow>('@tensorflow/tfjs')
const { setWasmPaths } = await load<{ setWasmPaths(folder: string): void }>(BACKEND)
setWasmPaths(new URL(`node_modules/${BACKEND}/dist/`, import.meta.url).pathname)
if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend does not start')

/** Two values an axis: height 1 before a width alone. */
function plane(values: readonly number[], leading: number): number[] {
  return [...new Array<number>(2 - values.length).fill(leading), ...values]
}

/** N C H W, as a tensor with its axes in another order. */
function arranged(path: string, shape: readonly number[], order: number[]): Tensor {
  const raw = tf.tensor(readFloats(path), [...shape.slice(0, 2), ...plane(shape.slice(2), 1)])
  const tensor = raw.transpose(order)
  raw.dispose()
  return tensor
}

async function prepare(task: LayerTask): Promise<Prepared> {
  const depthwise = task.groups > 1 && task.groups === task.xShape[1]
  if (task.kernel.length > 2) throw new Unsupported('no 3-D convolution on this backend')
  if (task.groups > 1 && !depthwise) throw new Unsupported('no grouped convolution')
  const dilations = plane(task.dilation, 1)
  if (task.transposed && (task.groups > 1 || dilations.some((step) => step > 1))) {
    throw new Unsupported('no grouped and no dilated transposed convolution')
  }
  const x = arranged(task.x, task.xShape, [0, 2, 3, 1])
  // H W I O; a transposed one comes as I O H W and is wanted as H W O I, a depthwise one has its multiplier in the place of O.
  const byInput = depthwise ? [task.groups, task.weightShape[0] / task.groups, ...task.kernel] : task.weightShape
  const filter = arranged(task.weight, byInput, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0])
  const bias = tf.tensor(readFloats(task.bias), [task.yShape[1]])
  const [strides, before, after] = [plane(task.stride, 1), plane(task.before, 0), plane(task.after, 0)]
  const pad = [[0, 0], ...before.map((size, axis) => [size, after[axis]]), [0, 0]]
  const [batch, oc, ...spatial] = task.yShape
  const shape = [batch, ...plane(spatial, 1), oc]
  const options = { x, filter, strides, pad, dilations, bias }
  const conv = (): Tensor => {
    if (task.transposed) return tf.tidy(() => tf.conv2dTranspose(x, filter, shape, strides, pad).add(bias))
    return depthwise ? tf.fused.depthwiseConv2d(options) : tf.fused.conv2d(options)
  }
  let y: Tensor | undefined
  return {
    kernel: null,
    run() {
      y?.dispose()
      y = conv()
      return undefined
    },
    output: () => (y as Tensor).transpose([0, 3, 1, 2]).dataSync(),
    release() {
      for (const tensor of [x, filter, bias, y]) tensor?.dispose()
      return undefined
    },
  }
}

await serve({ version: versionOf('@tensorflow/tfjs') }, contestant({ prepare }))
