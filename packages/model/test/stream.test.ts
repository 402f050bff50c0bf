// A stream of items: their outputs in order, whatever ends it.
import { Tensor, WeftError } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { load, type Model, type ModelValues } from '../src/index.ts'
import { onnxFile } from './onnx-file.ts'

let engine: Engine
let model: Model
beforeAll(async () => {
  engine = await open({ threads: 2, tier: 'simd128' })
  const nodes = [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }]
  model = await load(engine, onnxFile({ inputs: [{ name: 'x', shape: ['n'] }], outputs: [{ name: 'y' }], nodes }))
})
afterAll(() => engine.close())

/** The first half are large: they end last. */
const item = (i: number, size = i < 3 ? 30000 : 3): ModelValues => ({
  x: new Tensor(new Float32Array(size).fill(i), [size]),
})

/** What a stream of items gives, -i for item i, and what ended it. */
async function outcome(items: Iterable<ModelValues> | AsyncIterable<ModelValues>) {
  const got: number[] = []
  try {
    for await (const { y } of model.stream(items)) got.push(y.data[0] as number)
    return { got, error: null }
  } catch (error) {
    return { got, error }
  }
}

async function* source(count: number, end: () => void): AsyncGenerator<ModelValues> {
  for (let i = 1; i <= count; i++) yield item(i)
  end()
}

describe('a stream', () => {
  it('gives the outputs in the order of the items', async () => {
    expect(await outcome(source(9, () => {}))).toEqual({ got: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => -i), error: null })
  })

  it.each([0, 1, 2, 3, 8])(
    'gives those of %i items that were taken before their source failed, then its failure',
    async (count) => {
      const failure = new Error('no more pictures')
      const fails = () => {
        throw failure
      }
      const got = Array.from({ length: count }, (_, i) => -(i + 1))
      expect(await outcome(source(count, fails))).toEqual({ got, error: failure })
    },
  )

  it('throws the failure of an item in its turn, and closes the source', async () => {
    let closed = 0
    const items = (function* () {
      try {
        for (let i = 1; ; i++) yield i === 4 ? { y: item(i).x } : item(i)
      } finally {
        closed++
      }
    })()
    const { got, error } = await outcome(items)
    expect({ got, closed }).toEqual({ got: [-1, -2, -3], closed: 1 })
    expect(error).toBeInstanceOf(WeftError)
  })

  it('that is left takes no more items and closes the source', async () => {
    const taken: number[] = []
    let closed = 0
    const items = (function* () {
      try {
        for (let i = 1; ; i++) {
          taken.push(i)
          yield item(i)
        }
      } finally {
        closed++
      }
    })()
    for await (const { y } of model.stream(items)) if (y.data[0] === -2) break
    expect(closed).toBe(1)
    expect(taken).toEqual([1, 2, 3, 4])
  })

  it('that is left throws what closing the source throws', async () => {
    const failure = new Error('cannot close')
    const items = (function* () {
      try {
        for (let i = 1; ; i++) yield item(i)
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the source is one that fails as it is closed
        throw failure
      }
    })()
    const left = async () => {
      for await (const _ of model.stream(items)) break
    }
    await expect(left()).rejects.toBe(failure)
  })
})
