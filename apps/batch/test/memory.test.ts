// Items that have no room side by side are done one after the other; one that never has room is named.
import { writeFileSync } from 'node:fs'
import { Tensor } from '@weft/core'
import { readImage, readNpy, writeNpy } from '@weft/io'
import { beforeAll, expect, test } from 'vitest'
import { onnxFile } from '../../../packages/model/test/onnx-file.ts'
import { runJob } from '../src/batch.ts'
import { convWork } from '../src/conv/work.ts'
import type { Failed } from '../src/failure.ts'
import type { Done } from '../src/item.ts'
import { type Job, resolveJob } from '../src/job.ts'
import { runWork } from '../src/run/work.ts'
import type { Stop } from '../src/stop.ts'
import { distance, randomPicture, temporaryFolder, writePicture } from './helpers.ts'

const at = temporaryFolder()
const ITEMS = 9
const SIDE = 400

beforeAll(async () => {
  await writeNpy(
    at('mix.npy'),
    Tensor.from([
      [0.2, 0.3, 0.5],
      [0.5, 0.2, 0.3],
      [0.3, 0.5, 0.2],
    ]).reshape([3, 3, 1, 1]),
  )
  for (let index = 0; index < ITEMS; index++)
    await writePicture(at(`in/${index}.png`), randomPicture(3, SIDE, SIDE + (index % 3), index))
})

/** Mixes the channels: a convolution that needs next to no memory beside its input and output. */
async function run(maxMemory: number, out: string): Promise<{ results: (Done | Failed)[]; most: number }> {
  const flags = { output: at(out), weight: at('mix.npy'), tier: 'simd128', threads: 2 } as const
  return await perform(await resolveJob(await convWork(flags), flags, [at('in')]), maxMemory)
}

async function perform(job: Job, maxMemory: number): Promise<{ results: (Done | Failed)[]; most: number }> {
  const results: (Done | Failed)[] = []
  let most = 0
  const stop = { reason: null, writing: new Set<string>() } as unknown as Stop
  const reporter = {
    begin: () => {},
    explain: () => {
      most = Math.max(most, stop.writing.size)
    },
    item: (_: unknown, result: Done | Failed) => void results.push(result),
    again: () => {},
    stopping: () => {},
    forecast: () => {},
    end: async () => {},
  }
  await runJob({ ...job, engine: { ...job.engine, maxMemory } }, reporter, stop)
  return { results, most }
}

/** Input and output of one item. */
const ONE = 2 * 3 * SIDE * (SIDE + 2) * 4

test('what does not fit side by side is tried again alone', async () => {
  const { results, most } = await run(2 * ONE, 'tight')
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect([results.length, most > 2]).toEqual([ITEMS, true])
  const roomy = await run(100 * ONE, 'roomy')
  expect(roomy.results.every(({ ok }) => ok)).toBe(true)
  for (let index = 0; index < ITEMS; index++) {
    const [a, b] = [await readImage(at(`tight/${index}.png`)), await readImage(at(`roomy/${index}.png`))]
    expect(distance(a.data, b.data)).toBe(0)
  }
})

test('what never fits is named, each by itself', async () => {
  const { results } = await run(ONE / 2, 'hopeless')
  expect(results.length).toBe(ITEMS)
  for (const result of results)
    expect(result).toMatchObject({
      ok: false,
      code: 'MEMORY',
      message: expect.stringMatching(/in\/\d\.png: no room.*even alone/),
    })
})

test('of a network too, what does not fit side by side is tried again alone, and the network serves those after it', async () => {
  writeFileSync(
    at('mix.onnx'),
    onnxFile({
      inputs: [{ name: 'x', shape: [1, 3, 'h', 'w'] }],
      outputs: [{ name: 'y' }],
      nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }],
      constants: { w: { dims: [3, 3, 1, 1], values: [0.2, 0.3, 0.5, 0.5, 0.2, 0.3, 0.3, 0.5, 0.2] } },
    }),
  )
  const runAll = async (maxMemory: number, out: string) => {
    const flags = { output: at(out), preset: 'unit', size: [SIDE, SIDE], tier: 'simd128', threads: 2 } as const
    return await perform(await resolveJob(await runWork(at('mix.onnx'), flags), flags, [at('in')]), maxMemory)
  }
  const { results } = await runAll(1.5 * ONE, 'tight-run')
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect(results.length).toBe(ITEMS)
  await runAll(100 * ONE, 'roomy-run')
  for (let index = 0; index < ITEMS; index++) {
    const [a, b] = [await readNpy(at(`tight-run/${index}.npy`)), await readNpy(at(`roomy-run/${index}.npy`))]
    expect(distance(a.data as Float32Array, b.data as Float32Array)).toBe(0)
  }
})
