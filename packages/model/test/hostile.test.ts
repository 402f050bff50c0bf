// Networks that damage, or malice, could make: each a plain error or the right numbers.
import { Tensor } from '@weft/core'
import { describe, expect, test } from 'vitest'
import { load, localExecutor } from '../src/index.ts'
import { type FileNetwork, onnxFile } from './onnx-file.ts'

const executor = localExecutor({ tier: 'simd128' })
const x = { name: 'x', shape: [1, 1, 2, 2] }
const y = { name: 'y' }

async function run(network: FileNetwork, data: readonly number[]) {
  await using model = await load(executor, onnxFile(network))
  return await model.run({ x: new Tensor(Float32Array.from(data), network.inputs[0].shape as number[]) })
}

describe('a network', () => {
  test('whose output its node leaves out is MODEL, and the output is named', async () => {
    const network = {
      inputs: [x],
      outputs: [y, { name: 'extra' }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y', 'extra'] }],
    }
    await expect(run(network, [1, 2, 3, 4])).rejects.toMatchObject({
      code: 'MODEL',
      message: expect.stringContaining("'extra'"),
    })
  })

  test('whose whole numbers run past all bounds gives the last ones of int64', async () => {
    await using model = await load(
      executor,
      onnxFile({
        inputs: [{ name: 'x', type: 7, shape: [4] }],
        outputs: [y],
        nodes: [{ op: 'Pow', inputs: ['x', 'p'], outputs: ['y'] }],
        constants: { p: { type: 7, dims: [], values: [10001] } },
      }),
    )
    const { y: powers } = await model.run({ x: { dtype: 'int64', shape: [4], data: BigInt64Array.of(10n, -10n, 1n, 0n) } })
    expect(powers.data).toEqual(BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), 1n, 0n))
  })

  test('whose output is empty but for an axis past all bounds gives the empty output', async () => {
    await using model = await load(
      executor,
      onnxFile({
        inputs: [{ name: 'x', shape: [0, 2] }],
        outputs: [y],
        nodes: [{ op: 'Pad', inputs: ['x', 'pads'], outputs: ['y'] }],
        constants: { pads: { type: 7, dims: [4], values: [0, 2 ** 52, 0, 0] } },
      }),
    )
    const { y: padded } = await model.run({ x: new Tensor(new Float32Array(0), [0, 2]) })
    expect([padded.shape, padded.data.length]).toEqual([[0, 2 ** 52 + 2], 0])
  })

  test.each(['from', 'to', 'step'])('whose %s of a slice is no whole number is MODEL', async (which) => {
    const constants = Object.fromEntries(
      [
        ['from', 0],
        ['to', 2],
        ['axis', 0],
        ['step', 1],
      ].map(([name, value]) => [name as string, { dims: [1], values: [name === which ? 0.5 : (value as number)] }]),
    )
    const network = {
      inputs: [{ name: 'x', shape: [4] }],
      outputs: [y],
      nodes: [{ op: 'Slice', inputs: ['x', 'from', 'to', 'axis', 'step'], outputs: ['y'] }],
      constants,
    }
    await expect(run(network, [1, 2, 3, 4])).rejects.toMatchObject({ code: 'MODEL', message: expect.stringContaining('0.5') })
  })

  test('that takes the mean of whole numbers, which ONNX has not, is DTYPE', async () => {
    await using model = await load(
      executor,
      onnxFile({
        inputs: [{ name: 'x', type: 7, shape: [1] }],
        outputs: [y],
        nodes: [{ op: 'Mean', inputs: ['x', 'x'], outputs: ['y'] }],
      }),
    )
    const values = { x: { dtype: 'int64', shape: [1], data: BigInt64Array.of(5n) } } as const
    await expect(model.run(values)).rejects.toMatchObject({ code: 'DTYPE' })
  })

  test('whose window is billions of pixels wide gives the mean of those that are there', async () => {
    const attributes = { kernel_shape: [2 ** 31, 2], auto_pad: 'SAME_UPPER' }
    const network = { inputs: [x], outputs: [y], nodes: [{ op: 'AveragePool', inputs: ['x'], outputs: ['y'], attributes }] }
    expect((await run(network, [1, 2, 3, 4])).y.data).toEqual(Float32Array.of(2.5, 3, 2.5, 3))
  })

  test('whose window is as many pixels as the picture, but further apart, does not fit into it', async () => {
    const attributes = { kernel_shape: [2, 2], dilations: [2, 2] }
    const nodes = [{ op: 'AveragePool', inputs: ['x'], outputs: ['y'], attributes }]
    await expect(run({ opset: 19, inputs: [x], outputs: [y], nodes }, [1, 2, 3, 4])).rejects.toThrow(
      /3 pixels does not fit into 2/,
    )
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('that pads by the mode %s is refused', async (mode) => {
    const network = {
      opset: 10,
      inputs: [x],
      outputs: [y],
      nodes: [
        { op: 'Pad', inputs: ['x'], outputs: ['p'], attributes: { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode } },
        { op: 'Conv', inputs: ['p', 'w'], outputs: ['y'] },
      ],
      constants: { w: { dims: [1, 1, 1, 1], values: [1] } },
    }
    await expect(run(network, [1, 2, 3, 4])).rejects.toMatchObject({ code: 'MODEL', message: expect.stringContaining(mode) })
  })
})
