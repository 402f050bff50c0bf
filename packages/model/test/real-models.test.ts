// Real networks give what onnxruntime gives: the stored digests are of its outputs, made by scripts/real-models.ts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Executor, Tensor } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { load, localExecutor, type ModelValues } from '../src/index.ts'
import { type Digest, unlike } from './real/digest.ts'
import { inputOf, pathOf, REAL_MODELS, type RealModel } from './real/models.ts'
import { pictures } from './real/pictures.ts'

const [TOLERANCE, SOFTMAX_TOLERANCE] = [1e-3, 1e-4]
const stored: Record<string, Record<string, Digest>[]> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/real-models.json'), 'utf8'),
)
const engines: Engine[] = []

beforeAll(async () => {
  for (const threads of [1, 2]) engines.push(await open({ threads }))
})
afterAll(() => Promise.all(engines.map((engine) => engine.close())))

async function runAll(executor: Executor, real: RealModel): Promise<ModelValues[]> {
  await using model = await load(executor, pathOf(real))
  const outputs: ModelValues[] = []
  for (const shape of real.shapes)
    outputs.push(await model.run({ [model.inputs[0].name]: new Tensor(inputOf(real, shape), shape) }))
  return outputs
}

function check(real: RealModel, runs: readonly ModelValues[]): void {
  const tolerance = real.softmax ? SOFTMAX_TOLERANCE : TOLERANCE
  expect(runs.length).toBe(stored[real.name].length)
  for (const [i, digests] of stored[real.name].entries()) {
    for (const [name, digest] of Object.entries(digests)) {
      const { data, shape } = runs[i][name]
      expect(unlike(data as Float32Array, shape, digest, tolerance), `run ${i}, output ${name}`).toBeNull()
    }
  }
}

describe.each(REAL_MODELS)('$name', (real) => {
  test('on the calling thread', async () => check(real, await runAll(localExecutor(), real)))

  test('on one worker and on two, to the same bits', async () => {
    const [one, two] = [await runAll(engines[0], real), await runAll(engines[1], real)]
    check(real, one)
    expect(two).toEqual(one)
  })
})

test('recognition gives what it gives on tier simd128 to within 1e-4 on every picture of 24', async () => {
  const real = REAL_MODELS.find(({ name }) => name.includes('recognition')) as RealModel
  const shape = [1, 3, 48, 160]
  await using model = await load(engines[1], pathOf(real))
  await using plain = await load(localExecutor({ tier: 'simd128' }), pathOf(real))
  for (let seed = 1; seed <= 24; seed++) {
    const x = { [model.inputs[0].name]: new Tensor(pictures(shape, real.layout, seed), shape) }
    const [y, expected] = [await model.run(x), await plain.run(x)].map((given) => Object.values(given)[0].data as Float32Array)
    const worst = y.reduce((most: number, value: number, i: number) => Math.max(most, Math.abs(value - expected[i])), 0)
    expect(worst, `picture ${seed}`).toBeLessThan(SOFTMAX_TOLERANCE)
  }
})
