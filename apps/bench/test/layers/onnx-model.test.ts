import { expect, it } from 'vitest'
import { onnxModel } from '../../../../tools/peers/onnx-model.ts'

type Field = number | Uint8Array

/** The fields of a protobuf message, by number. */
function fields(bytes: Uint8Array): Map<number, Field[]> {
  const found = new Map<number, Field[]>()
  let at = 0
  const varint = (): number => {
    let [value, scale] = [0, 1]
    for (; bytes[at] >= 128; scale *= 128) value += (bytes[at++] - 128) * scale
    return value + bytes[at++] * scale
  }
  while (at < bytes.length) {
    const key = varint()
    const value = varint()
    const field = key % 8 === 2 ? bytes.subarray(at, at + value) : value
    if (typeof field !== 'number') at += value
    found.set(Math.floor(key / 8), [...(found.get(Math.floor(key / 8)) ?? []), field])
  }
  return found
}
const inside = (message: Map<number, Field[]>, number: number) =>
  (message.get(number) ?? []).map((field) => fields(field as Uint8Array))
const words = (message: Map<number, Field[]>, number: number) =>
  (message.get(number) ?? []).map((field) => new TextDecoder().decode(field as Uint8Array))

it('writes a model of one node with its attributes and constants', () => {
  const weight = new Uint8Array(4 * 6 * 300).fill(7)
  const model = onnxModel(
    {
      transposed: true,
      groups: 2,
      kernel: [3, 1],
      stride: [2, 1],
      dilation: [1, 1],
      before: [1, 0],
      after: [0, 0],
      xShape: [1, 6, 5, 300],
      weightShape: [6, 100, 3, 1],
      yShape: [1, 200, 10, 300],
      x: '',
      weight: '',
      bias: '',
    },
    weight,
    new Uint8Array(800),
  )
  const [graph] = inside(fields(model), 7)
  const [node] = inside(graph, 1)
  expect([words(node, 1), words(node, 2), words(node, 4)]).toEqual([['x', 'w', 'b'], ['y'], ['ConvTranspose']])
  const attributes = Object.fromEntries(inside(node, 5).map((one) => [words(one, 1)[0], one.get(8) ?? one.get(3)]))
  expect(attributes).toEqual({ kernel_shape: [3, 1], strides: [2, 1], dilations: [1, 1], pads: [1, 0, 0, 0], group: [2] })
  const [first, second] = inside(graph, 5)
  expect([words(first, 8), first.get(1), first.get(9)]).toEqual([['w'], [6, 100, 3, 1], [weight]])
  expect([words(second, 8), second.get(1)]).toEqual([['b'], [200]])
  const shapeOf = (value: Map<number, Field[]>) =>
    inside(inside(inside(inside(value, 2)[0], 1)[0], 2)[0], 1).map((dimension) => dimension.get(1)?.[0])
  expect([...inside(graph, 11), ...inside(graph, 12)].map(shapeOf)).toEqual([
    [1, 6, 5, 300],
    [1, 200, 10, 300],
  ])
})
