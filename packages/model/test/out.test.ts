// Outputs that are written to the caller's own memory, on this thread and on an engine.
import { Tensor } from '@weft/core'
import { open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { localExecutor, type Model, readModel } from '../src/index.ts'
import { onnxFile } from './onnx-file.ts'

const x = new Tensor(
  Float32Array.from({ length: 12 }, (_, i) => i - 6),
  [3, 4],
)
const network = () =>
  readModel(
    onnxFile({
      inputs: [{ name: 'x', shape: ['n', 4] }],
      outputs: [{ name: 'y' }, { name: 'z' }, { name: 'places' }, { name: 'same' }],
      nodes: [
        { op: 'Relu', inputs: ['x'], outputs: ['y'] },
        { op: 'Neg', inputs: ['x'], outputs: ['z'] },
        { op: 'ArgMax', inputs: ['x'], outputs: ['places'], attributes: { axis: 1 } },
        { op: 'Identity', inputs: ['x'], outputs: ['same'] },
      ],
    }),
  )

async function onBoth(test: (model: Model) => Promise<void>): Promise<void> {
  const file = await network()
  {
    await using model = file.on(localExecutor({ tier: 'simd128' }))
    await test(model)
  }
  await using engine = await open({ threads: 2, tier: 'simd128' })
  await using model = file.on(engine)
  await test(model)
}

describe('outputs of a network', () => {
  it('are written where they are asked to be, again and again, and the others are in memory of their own', () =>
    onBoth(async (model) => {
      const out = { y: Tensor.zeros([3, 4]), same: Tensor.zeros([3, 4]) }
      const first = await model.run({ x }, { out })
      expect(first.y).toBe(out.y)
      expect(first.same).toBe(out.same)
      expect(out.y.data).toEqual((x.data as Float32Array).map((value) => Math.max(value, 0)))
      expect(out.same.data).toEqual(x.data)
      expect(first.z.data).toEqual((x.data as Float32Array).map((value) => -value))
      const second = await model.run(
        {
          x: new Tensor(
            Float32Array.from({ length: 12 }, (_, i) => i),
            [3, 4],
          ),
        },
        { out },
      )
      expect(Array.from(out.y.data as Float32Array)).toEqual(Array.from({ length: 12 }, (_, i) => i))
      expect(second.z.data).not.toBe(first.z.data)
      expect(first.z.data).toEqual((x.data as Float32Array).map((value) => -value))
    }))

  it('are refused memory that does not fit them, before anything runs', () =>
    onBoth(async (model) => {
      const y = Tensor.zeros([3, 4])
      y.data[0] = 7
      const refused = (out: object) => expect(model.run({ x }, { out: { y, ...out } })).rejects
      await refused({ w: y }).toMatchObject({
        code: 'OPTION',
        message: expect.stringContaining("no output 'w'; the model has y, z, places, same"),
      })
      await refused({ z: Tensor.zeros([4, 3]) }).toMatchObject({
        code: 'SHAPE',
        message: expect.stringContaining('(4, 3); the model gives (3, 4)'),
      })
      await refused({ z: { dtype: 'int32', shape: [3, 4], data: new Int32Array(12) } }).toMatchObject({ code: 'DTYPE' })
      await refused({ z: { dtype: 'float32', shape: [3, 4], data: new Float32Array(11) } }).toMatchObject({ code: 'SHAPE' })
      await refused({ places: { dtype: 'int64', shape: [3, 1], data: new BigInt64Array(3) } }).toMatchObject({ code: 'DTYPE' })
      expect(y.data[0]).toBe(7)
    }))

  it('may have names that every object has', async () => {
    const names = ['constructor', 'toString', 'x']
    const file = await readModel(
      onnxFile({
        inputs: [{ name: 'x', shape: ['n', 4] }],
        outputs: names.map((name) => ({ name })),
        nodes: names.slice(0, 2).map((name) => ({ op: 'Relu', inputs: ['x'], outputs: [name] })),
      }),
    )
    await using model = file.on(localExecutor({ tier: 'simd128' }))
    const got = await model.run({ x })
    for (const name of names) expect(got[name].data.length).toBe(12)
  })

  it('that have as many rows as are found are in memory of their own', async () => {
    const file = await readModel(
      onnxFile({
        inputs: [
          { name: 'boxes', shape: [1, 2, 4] },
          { name: 'scores', shape: [1, 1, 2] },
        ],
        outputs: [{ name: 'found' }],
        nodes: [{ op: 'NonMaxSuppression', inputs: ['boxes', 'scores', 'most'], outputs: ['found'] }],
        constants: { most: { type: 7, dims: [1], values: [2] } },
      }),
    )
    await using model = file.on(localExecutor({ tier: 'simd128' }))
    const inputs = { boxes: Tensor.zeros([1, 2, 4]), scores: Tensor.zeros([1, 1, 2]) }
    const out = { found: { dtype: 'int64' as const, shape: [2, 3], data: new BigInt64Array(6) } }
    await expect(model.run(inputs, { out })).rejects.toMatchObject({
      code: 'OPTION',
      message: expect.stringContaining('as many rows'),
    })
  })
})
