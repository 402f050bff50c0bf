// SqueezeNet 1.1 as an ONNX file, its weights made up: a small network over 224 x 224 pictures, to measure what is around it.
import { type FileNode, type FileTensor, onnxFile } from '../../../packages/model/test/onnx-file.ts'

/** Channels squeezed to and expanded to, twice; 0 is a pooling. */
const FIRES = [0, 16, 64, 16, 64, 0, 32, 128, 32, 128, 0, 48, 192, 48, 192, 64, 256, 64, 256]
const CLASSES = 1000

export function squeezenet(): Uint8Array {
  const nodes: FileNode[] = []
  const constants: Record<string, FileTensor> = {}
  let state = 1
  const small = (scale: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 31 - 1) * scale
  }
  const add = (op: string, inputs: string[], attributes: FileNode['attributes'] = {}): string => {
    const name = `v${nodes.length}`
    nodes.push({ op, inputs, outputs: [name], attributes })
    return name
  }
  const conv = (x: string, ic: number, oc: number, k: number, attributes: FileNode['attributes'] = {}): string => {
    const name = `w${nodes.length}`
    const size = ic * k * k
    constants[name] = { dims: [oc, ic, k, k], values: Array.from({ length: oc * size }, () => small(Math.sqrt(6 / size))) }
    return add('Relu', [add('Conv', [x, name], { kernel_shape: [k, k], ...attributes })])
  }
  let [x, channels] = [conv('image', 3, 64, 3, { strides: [2, 2] }), 64]
  for (let at = 0; at < FIRES.length; ) {
    if (FIRES[at] === 0) {
      x = add('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })
      at++
      continue
    }
    const [narrow, wide] = [FIRES[at], FIRES[at + 1]]
    const squeezed = conv(x, channels, narrow, 1)
    x = add('Concat', [conv(squeezed, narrow, wide, 1), conv(squeezed, narrow, wide, 3, { pads: [1, 1, 1, 1] })], { axis: 1 })
    channels = 2 * wide
    at += 2
  }
  x = add('Flatten', [add('GlobalAveragePool', [conv(x, channels, CLASSES, 1)])])
  return onnxFile({
    inputs: [{ name: 'image', shape: [1, 3, 224, 224] }],
    outputs: [{ name: x, shape: [1, CLASSES] }],
    nodes,
    constants,
  })
}
