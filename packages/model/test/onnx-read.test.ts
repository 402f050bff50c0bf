import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { externalDataBeside, noExternalData } from '../src/onnx/external.ts'
import { readOnnx } from '../src/onnx/read.ts'
import { type FileNetwork, type FileTensor, onnxFile, rawBytes } from './onnx-file.ts'

const y = { name: 'y' }
const folder = mkdtempSync(join(tmpdir(), 'weft-onnx-'))
afterAll(() => rmSync(folder, { recursive: true }))

const withConstant = (tensor: FileTensor, opset = 13): FileNetwork => ({
  opset,
  inputs: [{ name: 'x', shape: ['n', 2] }],
  outputs: [y],
  nodes: [{ op: 'Add', inputs: ['x', 'c'], outputs: ['y'] }],
  constants: { c: tensor },
})
const read = (network: FileNetwork) => readOnnx(onnxFile(network), 'net.onnx', noExternalData)
const constantOf = (tensor: FileTensor) => read(withConstant(tensor)).constants.get('c')

describe('reading ONNX', () => {
  test('gives nodes, values, attributes and the names of sizes that vary', () => {
    const graph = read({
      opset: 11,
      inputs: [
        { name: 'x', shape: ['batch', 3, 8] },
        { name: 'i', type: 7 },
      ],
      outputs: [y],
      nodes: [
        {
          op: 'Conv',
          name: 'first',
          inputs: ['x', 'w', ''],
          outputs: ['y'],
          attributes: { group: 1, pads: [1, -2], auto_pad: 'NOTSET', alpha: { float: 0.5 }, list: { floats: [1, 2] } },
        },
      ],
      constants: { w: { dims: [1], values: [3] } },
    })
    expect(graph.opset).toBe(11)
    expect(graph.inputs).toEqual([
      { name: 'x', dtype: 'float32', shape: ['batch', 3, 8] },
      { name: 'i', dtype: 'int64', shape: null },
    ])
    expect(graph.nodes).toMatchObject([{ opType: 'Conv', name: 'first', domain: '', inputs: ['x', 'w', ''], outputs: ['y'] }])
    expect({ ...graph.nodes[0].attributes }).toEqual({ group: 1, pads: [1, -2], auto_pad: 'NOTSET', alpha: 0.5, list: [1, 2] })
  })

  test('an initialiser that is listed among the inputs too is no input', () => {
    const network = withConstant({ dims: [1], values: [1] })
    const { inputs } = read({ ...network, inputs: [...network.inputs, { name: 'c', shape: [1] }] })
    expect(inputs.map(({ name }) => name)).toEqual(['x'])
  })

  test.each(['raw', 'field'] as const)('numbers in %s form', (as) => {
    expect(constantOf({ dims: [2, 1], values: [1.5, -2], as })).toEqual({
      dtype: 'float32',
      shape: [2, 1],
      data: Float32Array.of(1.5, -2),
    })
    expect(constantOf({ type: 7, dims: [2], values: [-3, 2 ** 40], as })?.data).toEqual(Float64Array.of(-3, 2 ** 40))
    expect(constantOf({ type: 6, dims: [2], values: [-3, 70000], as })?.data).toEqual(Int32Array.of(-3, 70000))
    expect(constantOf({ type: 2, dims: [2], values: [3, 255], as })?.data).toEqual(Uint8Array.of(3, 255))
    expect(constantOf({ type: 9, dims: [2], values: [0, 1], as })).toMatchObject({ dtype: 'bool', data: Uint8Array.of(0, 1) })
    expect(constantOf({ type: 11, dims: [1], values: [0.1], as })?.data).toEqual(Float32Array.of(0.1))
    // float16: 1.5, -2, its least subnormal, infinity
    const half = constantOf({ type: 10, dims: [4], values: [0x3e00, 0xc000, 0x0001, 0x7c00], as })
    expect(half?.data).toEqual(Float32Array.of(1.5, -2, 2 ** -24, Number.POSITIVE_INFINITY))
  })

  test('a scalar has no axes, and a tensor may be empty', () => {
    expect(constantOf({ dims: [], values: [4] })).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(4) })
    expect(constantOf({ dims: [0, 3], values: [] })?.data.length).toBe(0)
  })

  test('floats lie in the bytes of a file that is nobody else’s, wherever they begin there, and are copies of bytes that a caller gave', () => {
    // Names of every length modulo 4 before the numbers, in tensors that are long enough to be moved and in one that is just not.
    const sizes = { a: 32, bb: 40, ccc: 33, dddd: 31, e: 3, ff: 1000, ggg: 32 }
    const numbers = (size: number, name: string) => Array.from({ length: size }, (_, i) => i - size / 2 + name.length / 8)
    const constants = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, { dims: [size], values: numbers(size, name) }]),
    )
    const network = { ...withConstant({ dims: [1], values: [1] }), constants: { ...constants, c: { dims: [1], values: [1] } } }
    const [own, given] = [onnxFile(network), onnxFile(network)]
    const moved = readOnnx(own, 'net.onnx', externalDataBeside(join(folder, 'net.onnx'))).constants
    const copied = readOnnx(given, 'net.onnx', noExternalData).constants
    expect(given).toEqual(onnxFile(network))
    const begins = new Set<number>()
    for (const [name, size] of Object.entries(sizes)) {
      expect([...(moved.get(name)?.data ?? [])], name).toEqual(numbers(size, name))
      expect(copied.get(name)?.data, name).toEqual(moved.get(name)?.data)
      expect(moved.get(name)?.data.buffer === own.buffer, name).toBe(4 * size >= 128)
      expect(copied.get(name)?.data.buffer === given.buffer, name).toBe(false)
      begins.add(Buffer.from(given).indexOf(Buffer.from(Float32Array.from(numbers(size, name)).buffer)) % 4)
    }
    expect(begins.size, 'places of numbers modulo 4').toBe(4)
  })

  test('subnormal weights become zero', () => {
    expect(constantOf({ dims: [3], values: [1e-39, -1e-40, 2 ** -126] })?.data).toEqual(Float32Array.of(0, 0, 2 ** -126))
  })
})

describe('data outside of the file', () => {
  mkdirSync(join(folder, 'model', 'parts'), { recursive: true })
  writeFileSync(join(folder, 'secret.bin'), rawBytes(1, [1, 2]))
  writeFileSync(join(folder, 'model', 'parts', 'a.bin'), rawBytes(1, [7, 8, 9]))
  symlinkSync(join(folder, 'secret.bin'), join(folder, 'model', 'link.bin'))
  const external = externalDataBeside(join(folder, 'model', 'net.onnx'))
  const readFrom = (location: string, more: { offset?: number; length?: number } = {}) =>
    readOnnx(onnxFile(withConstant({ dims: [2], values: [], as: { location, ...more } })), 'net.onnx', external)

  test('is read from its offset, inside of the folder', () => {
    expect(readFrom('parts/a.bin', { offset: 4, length: 8 }).constants.get('c')?.data).toEqual(Float32Array.of(8, 9))
  })

  test.each(['../secret.bin', join(folder, 'secret.bin'), 'parts/../../secret.bin', 'link.bin', '..\\secret.bin', ''])(
    'is refused at %j, which leads out of it',
    (location) => {
      const refusal = { code: 'MODEL', message: expect.stringContaining("initialiser 'c'") }
      expect(() => readFrom(location)).toThrow(expect.objectContaining(refusal))
    },
  )

  test.each([
    ['none.bin', {}, 'NOT_FOUND'],
    ['parts', {}, 'FORMAT'],
    ['parts/a.bin', { offset: 8 }, 'FORMAT'],
    ['parts/a.bin', { length: 4 }, 'FORMAT'],
  ] as const)('%s with %j is refused as %s', (location, more, code) => {
    expect(() => readFrom(location, more)).toThrow(expect.objectContaining({ code }))
  })

  test('cannot be there for a model that was given as bytes', () => {
    expect(() => constantOf({ dims: [1], values: [], as: { location: 'a.bin' } })).toThrow(/load the model by its path/)
  })
})

describe('damaged and hostile files', () => {
  const good = withConstant({ dims: [2], values: [1, 2] })
  const refuse = (network: FileNetwork, code: string, words: RegExp) =>
    expect(() => read(network)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(words) }))

  test.each([
    [new Uint8Array()],
    [Uint8Array.of(1, 2, 3)],
    [new TextEncoder().encode('<html>not found</html>')],
    [new Uint8Array(1000).fill(0xff)],
  ])('bytes that are no ONNX file are FORMAT', (bytes) => {
    const refusal = { code: 'FORMAT', message: expect.stringContaining('net.onnx') }
    expect(() => readOnnx(bytes, 'net.onnx', noExternalData)).toThrow(expect.objectContaining(refusal))
  })

  test('a file cut anywhere is refused or has lost whole fields, never crashes', () => {
    const bytes = onnxFile(good)
    for (let length = 0; length < bytes.length; length++) {
      try {
        readOnnx(bytes.subarray(0, length), 'net.onnx', noExternalData)
      } catch (error) {
        expect(error).toHaveProperty('name', 'WeftError')
      }
    }
  })

  test('a shape that the data does not fill makes no room for it', () => {
    refuse(withConstant({ dims: [2 ** 20, 1000], values: [1] }), 'FORMAT', /initialiser 'c' has 4 bytes/)
    refuse(withConstant({ dims: [2 ** 20, 1000], values: [1], as: 'field' }), 'FORMAT', /initialiser 'c'/)
    refuse(withConstant({ type: 7, dims: [1000], values: [1, 2], as: 'field' }), 'FORMAT', /initialiser 'c'/)
    refuse(withConstant({ dims: [2 ** 40], values: [1] }), 'TOO_LARGE', /limit/)
    refuse(withConstant({ dims: [-1], values: [] }), 'SHAPE', /-1/)
    refuse(withConstant({ dims: new Array(17).fill(1), values: [1] }), 'FORMAT', /17 axes/)
  })

  test('hundreds of thousands of empty parts are TOO_LARGE before they fill the memory', () => {
    const bytes = onnxFile({ ...good, nodes: new Array(300_000).fill({ op: 'A', inputs: [], outputs: [] }) })
    expect(() => readOnnx(bytes, 'net.onnx', noExternalData)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
  })

  test('element types that weft does not compute with are named', () => {
    refuse(withConstant({ type: 8, dims: [1], values: [1] }), 'MODEL', /initialiser 'c' has the element type string/)
    refuse(withConstant({ type: 99, dims: [1], values: [1] }), 'MODEL', /number 99/)
  })

  test('versions that weft does not read are named', () => {
    refuse({ ...good, opset: 0 }, 'MODEL', /opset 0; weft reads 1 to/)
    refuse({ ...good, opset: 99 }, 'MODEL', /opset 99/)
  })

  test('values that are used before they are made, made twice, or never made are named', () => {
    const [node] = good.nodes
    refuse({ ...good, nodes: [{ ...node, name: 'sum', inputs: ['x', 'z'] }] }, 'FORMAT', /Add 'sum' uses 'z'/)
    refuse({ ...good, nodes: [node, node] }, 'FORMAT', /'y' is made twice/)
    refuse({ ...good, nodes: [{ ...node, outputs: ['x'] }] }, 'FORMAT', /'x' is made twice/)
    refuse({ ...good, outputs: [{ name: 'q' }] }, 'FORMAT', /output 'q'/)
    refuse({ ...good, nodes: [{ ...node, inputs: ['x', 'y'] }] }, 'FORMAT', /uses 'y', which nothing before it makes/)
  })
})
