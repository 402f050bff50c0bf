// The bounded pool, the gate, the cache of layers, the joining of two filters: the parts that hold a run together.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Tensor } from '@weft/core'
import { expect, test } from 'vitest'
import { aheadOf } from '../src/batch.ts'
import { Cache } from '../src/cache.ts'
import { magnitude } from '../src/conv/combine.ts'
import { Gate, inFlight } from '../src/pool.ts'
import { runWork } from '../src/run/work.ts'

test('twice as many small pictures wait for a thread, but not where waiting counts as time', async () => {
  const work = await runWork(join(import.meta.dirname, '../digits/lenet.onnx'), {} as never)
  expect(work.pictureBytes).toBe(4 * 28 * 28)
  const ahead = (pictureBytes: number | undefined, timeoutMs?: number) => aheadOf({ work: { ...work, pictureBytes }, timeoutMs })
  expect([ahead(work.pictureBytes), ahead(2 ** 22), ahead(2 ** 22 + 1), ahead(undefined), ahead(64, 1000)]).toEqual([
    4, 4, 2, 2, 2,
  ])
})

test('never more than the limit at once, all of them, begun in order', async () => {
  let [now, most] = [0, 0]
  const begun: number[] = []
  await inFlight(
    Array.from({ length: 50 }, (_, index) => index),
    4,
    () => false,
    async (item) => {
      begun.push(item)
      most = Math.max(most, ++now)
      await wait(item % 3)
      now--
    },
  )
  expect([most, now, begun]).toEqual([4, 0, Array.from({ length: 50 }, (_, index) => index)])
})

test('nothing is begun after a stop, and what is under way is waited for', async () => {
  let [stopped, ended] = [false, 0]
  await inFlight(
    Array(100).fill(0),
    3,
    () => stopped,
    async () => {
      await wait(2)
      stopped = true
      ended++
    },
  )
  expect(ended).toBe(3)
})

test('who wants to be alone waits for the others, and they for it', async () => {
  const gate = new Gate()
  const log: string[] = []
  const visit = (name: string, alone: boolean): Promise<void> =>
    gate.run(alone, async () => {
      log.push(`${name} in`)
      await wait(3)
      log.push(`${name} out`)
    })
  await Promise.all([visit('a', false), visit('b', false), visit('X', true), visit('c', false), visit('Y', true)])
  expect(log).toEqual(['a in', 'b in', 'a out', 'b out', 'X in', 'X out', 'c in', 'c out', 'Y in', 'Y out'])
  await expect(gate.run(true, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await gate.run(false, async () => {})
})

interface FakeLayer {
  key: string
  closed: number
  close(): Promise<void>
}

function fakes(): { made: FakeLayer[]; prepare: (key: string) => () => Promise<FakeLayer> } {
  const made: FakeLayer[] = []
  const prepare = (key: string) => async (): Promise<FakeLayer> => {
    const layer: FakeLayer = { key, closed: 0, close: async () => void layer.closed++ }
    made.push(layer)
    await wait(1)
    return layer
  }
  return { made, prepare }
}

test('layers are prepared once, kept while recent, closed once when they go', async () => {
  const { made, prepare } = fakes()
  const cache = new Cache<FakeLayer>(2)
  const use = (key: string): Promise<string> => cache.with(key, prepare(key), async (layer) => layer.key)
  expect(await Promise.all([use('a'), use('a'), use('b')])).toEqual(['a', 'a', 'b'])
  await use('a')
  await use('c')
  expect(made.map(({ key, closed }) => [key, closed])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 0],
  ])
  await cache.clear()
  expect([cache.size, made.map(({ closed }) => closed)]).toEqual([0, [1, 1, 1]])
})

test('a layer in use is not closed when it is evicted, but right after', async () => {
  const { made, prepare } = fakes()
  const cache = new Cache<FakeLayer>(1)
  const use = (key: string, ms: number): Promise<number> =>
    cache.with(key, prepare(key), async (layer) => {
      await wait(ms)
      return layer.closed
    })
  const long = use('a', 20)
  expect(await use('b', 1)).toBe(0)
  expect(made.find(({ key }) => key === 'a')?.closed).toBe(0)
  expect(await long).toBe(0)
  await wait(1)
  expect(made.find(({ key }) => key === 'a')?.closed).toBe(1)
})

test('a failure to prepare is not remembered', async () => {
  const { prepare } = fakes()
  const cache = new Cache<FakeLayer>(2)
  const fail = (): Promise<FakeLayer> => Promise.reject(new Error('no room'))
  await expect(cache.with('a', fail, async () => 1)).rejects.toThrow('no room')
  expect(await cache.with('a', prepare('a'), async ({ key }) => key)).toBe('a')
})

test('magnitude joins each two channels, in place, whatever the size and the batch', async () => {
  for (const shape of [
    [2, 3, 4],
    [2, 6, 5, 7],
    [2, 1, 600_000],
  ]) {
    const size = shape.reduce((a, b) => a * b)
    const y = new Tensor(
      Float32Array.from({ length: size }, (_, index) => ((index * 7) % 31) - 15),
      shape,
    )
    const [height, width] = shape.slice(-2)
    const before = y.data.slice()
    const joined = await magnitude(y)
    expect(joined.shape).toEqual(shape.map((extent, axis) => (axis === shape.length - 3 ? extent / 2 : extent)))
    const plane = height * width
    const wrong = joined.data.findIndex((value, index) => {
      const from = 2 * Math.floor(index / plane) * plane + (index % plane)
      return value !== Math.fround(Math.sqrt(before[from] ** 2 + before[from + plane] ** 2))
    })
    expect(wrong).toBe(-1)
  }
})
