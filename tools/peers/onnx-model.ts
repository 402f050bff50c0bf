// An ONNX model of one Conv or ConvTranspose, written as protobuf: field numbers are those of the public onnx.proto.
import type { LayerTask } from '../../apps/bench/src/layers/protocol.ts'

const [IR_VERSION, OPSET, FLOAT, INT, INTS] = [8, 13, 1, 2, 7]
const [VARINT, BYTES] = [0, 2]

type Part = Uint8Array

/** A ModelProto that takes `x` and gives `y`; weight and bias are constants in it. */
export function onnxModel(task: LayerTask, weight: Uint8Array, bias: Uint8Array): Uint8Array {
  const { transposed, groups, kernel, stride, dilation, before, after, xShape, weightShape, yShape } = task
  const attributes = [
    attribute('kernel_shape', kernel),
    attribute('strides', stride),
    attribute('dilations', dilation),
    attribute('pads', [...before, ...after]),
    attribute('group', groups),
  ]
  const node = [
    ...['x', 'w', 'b'].map((name) => text(1, name)),
    text(2, 'y'),
    text(4, transposed ? 'ConvTranspose' : 'Conv'),
    ...attributes.map((one) => message(5, one)),
  ]
  const graph = [
    message(1, node),
    text(2, 'layer'),
    message(5, constant('w', weightShape, weight)),
    message(5, constant('b', [bias.length / 4], bias)),
    message(11, value('x', xShape)),
    message(12, value('y', yShape)),
  ]
  return joined([number(1, IR_VERSION), message(7, graph), message(8, [number(2, OPSET)])])
}

/** AttributeProto of an integer or a list of them. */
function attribute(name: string, what: number | readonly number[]): Part[] {
  const values = typeof what === 'number' ? [number(3, what), number(20, INT)] : [...numbers(8, what), number(20, INTS)]
  return [text(1, name), ...values]
}

/** TensorProto with raw data. */
function constant(name: string, shape: readonly number[], data: Uint8Array): Part[] {
  return [...numbers(1, shape), number(2, FLOAT), text(8, name), bytes(9, data)]
}

/** ValueInfoProto of a float tensor. */
function value(name: string, shape: readonly number[]): Part[] {
  const dimensions = shape.map((extent) => message(1, [number(1, extent)]))
  return [text(1, name), message(2, [message(1, [number(1, FLOAT), message(2, dimensions)])])]
}

function message(field: number, parts: readonly Part[]): Part {
  return bytes(field, joined(parts))
}
function text(field: number, value: string): Part {
  return bytes(field, new TextEncoder().encode(value))
}
function numbers(field: number, values: readonly number[]): Part[] {
  return values.map((value) => number(field, value))
}
function number(field: number, value: number): Part {
  return Uint8Array.from([...varint((field << 3) | VARINT), ...varint(value)])
}
function bytes(field: number, data: Uint8Array): Part {
  return joined([Uint8Array.from([...varint((field << 3) | BYTES), ...varint(data.length)]), data])
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): number[] {
  const low = value % 128
  return value < 128 ? [low] : [low + 128, ...varint((value - low) / 128)]
}

function joined(parts: readonly Part[]): Part {
  const whole = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
