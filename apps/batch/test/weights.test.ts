// --weight against a plain loop: strides, padding, dilation, groups, bias, activations, formats.
import { type FloatTensor, Tensor } from '@weft/core'
import { readImage, readNpy, readSafetensors, writeNpy, writeSafetensors } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { distance, jsonLines, PHOTOS, PLAIN, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()

interface Geometry {
  stride: number
  before: number
  after: number
  dilation: number
  groups: number
}

/** The definition, in doubles, zeros outside. */
function convolve(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { stride, before, after, dilation, groups }: Geometry,
): { shape: number[]; data: Float64Array } {
  const [, height, width] = x.shape
  const [oc, share, kh, kw] = weight.shape
  const extent = (n: number, k: number): number => Math.floor((n + before + after - (k - 1) * dilation - 1) / stride) + 1
  const [oh, ow] = [extent(height, kh), extent(width, kw)]
  const data = new Float64Array(oc * oh * ow)
  for (let o = 0; o < oc; o++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++) {
        let sum = bias === null ? 0 : bias.get(o)
        for (let c = 0; c < share; c++)
          for (let a = 0; a < kh; a++)
            for (let b = 0; b < kw; b++) {
              const [row, column] = [i * stride + a * dilation - before, j * stride + b * dilation - before]
              if (row < 0 || column < 0 || row >= height || column >= width) continue
              sum += weight.get(o, c, a, b) * x.get(Math.floor(o / (oc / groups)) * share + c, row, column)
            }
        data[(o * oh + i) * ow + j] = sum
      }
  return { shape: [oc, oh, ow], data }
}

const signed = (shape: number[], seed: number): FloatTensor => {
  const numbers = randomPicture(
    1,
    1,
    shape.reduce((a, b) => a * b),
    seed,
  ).data
  return new Tensor(
    numbers.map((value) => value - 0.5),
    shape,
  )
}

const UNIT: Geometry = { stride: 1, before: 0, after: 0, dilation: 1, groups: 1 }
const CASES: [title: string, weight: number[], flags: string[], geometry: Partial<Geometry>][] = [
  ['nothing but weights', [8, 3, 3, 3], [], {}],
  ['a stride and padding', [5, 3, 5, 5], ['--stride', '2', '--padding', '2'], { stride: 2, before: 2, after: 2 }],
  ['padding of its own before and after', [2, 3, 2, 2], ['--padding', '0+1,0+1'], { after: 1 }],
  ['a dilation, same', [7, 3, 3, 3], ['--dilation', '2', '--padding', 'same'], { dilation: 2, before: 2, after: 2 }],
  ['groups', [9, 1, 3, 3], ['--groups', '3', '--padding', '1'], { groups: 3, before: 1, after: 1 }],
]

describe('a picture through', () => {
  test.each(CASES)('%s', async (title, shape, flags, geometry) => {
    const id = title.replaceAll(' ', '-')
    const [x, weight, bias] = [randomPicture(3, 17, 23), signed(shape, 7), signed([shape[0]], 9)]
    await writePicture(at(`${id}/a.png`), x)
    await writeSafetensors(at(`${id}.w.safetensors`), { 'conv1.weight': weight, 'conv1.bias': bias })
    const operands = ['weight', 'bias'].flatMap((name) => [`--${name}`, `${at(`${id}.w.safetensors`)}:conv1.${name}`])
    const { code, stdout } = await weft([
      'conv',
      at(id),
      '-o',
      at(`${id}-out`),
      ...operands,
      ...flags,
      '--json',
      '--format',
      'npy',
    ])
    const expected = convolve(x, weight, bias, { ...UNIT, ...geometry })
    const y = await readNpy(at(`${id}-out/a.npy`))
    expect([code, y.shape, jsonLines(stdout)[0].shape]).toEqual([0, expected.shape, expected.shape])
    expect(distance(y.data, expected.data)).toBeLessThan(1e-5)
  })
})

test('the format follows the channels, and the channels that are read follow the weight', async () => {
  await writePicture(at('formats/a.png'), randomPicture(3, 12, 12))
  const run = async (shape: number[]): Promise<string> => {
    await writeNpy(at('w.npy'), signed(shape, 3))
    const { code, stdout } = await weft([
      'conv',
      at('formats'),
      '-o',
      at('formats-out'),
      '--weight',
      at('w.npy'),
      ...PLAIN,
      '--json',
      '--restart',
    ])
    expect(code).toBe(0)
    return String(jsonLines(stdout)[0].output).slice(at('formats-out').length)
  }
  expect(await run([1, 3, 3, 3])).toBe('/a.png')
  expect((await readImage(at('formats-out/a.png'), { channels: 'gray' })).shape).toEqual([1, 10, 10])
  expect(await run([3, 1, 3, 3])).toBe('/a.png')
  expect(await run([4, 4, 1, 1])).toBe('/a.png')
  expect(await run([2, 3, 3, 3])).toBe('/a.npy')
})

test('an activation, padding by repetition, a result as safetensors, tensors of one axis', async () => {
  await writeNpy(at('line/a.npy'), new Tensor(Float32Array.of(1, -2, 3, 4), [4]))
  await writeNpy(at('pair.npy'), new Tensor(Float32Array.of(1, -1), [1, 1, 2]))
  const flags = [
    '--weight',
    at('pair.npy'),
    '--padding',
    'same',
    '--padding-mode',
    'circular',
    '--activation',
    'leakyRelu:0.5',
    '--format',
    'safetensors',
  ]
  expect((await weft(['conv', at('line'), '-o', at('line-out'), ...flags, ...PLAIN, '-q'])).code).toBe(0)
  const y = await readSafetensors(at('line-out/a.safetensors'))
  expect([y.shape, [...y.data]]).toEqual([
    [1, 4],
    [3, -2.5, -0.5, 3],
  ])
})

test('the same bytes however the work is shared', async () => {
  await writeNpy(at('shared.npy'), signed([8, 3, 5, 5], 11))
  const run = async (...flags: string[]): Promise<Buffer> => {
    const out = at(`shared-${flags.join('-')}`)
    expect((await weft(['conv', `${PHOTOS}/chelsea.jpg`, '-o', out, '--weight', at('shared.npy'), '-q', ...flags])).code).toBe(0)
    const { data } = await readNpy(`${out}/chelsea.npy`)
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  }
  const reference = await run('--threads', '1', '--tier', 'relaxed')
  expect(reference.equals(await run('--threads', '3', '--parallel', 'channels', '--tier', 'relaxed'))).toBe(true)
  expect(reference.equals(await run('--threads', '2', '--parallel', 'items', '--tier', 'relaxed'))).toBe(true)
})

test('--numerics strict leaves out the kernels that multiply less and round more', async () => {
  await writeNpy(at('deep/x.npy'), signed([64, 32, 32], 5))
  await writeNpy(at('deep.npy'), signed([64, 64, 3, 3], 6))
  const kernelOf = async (...flags: string[]): Promise<unknown> => {
    const operands = ['-o', at('out-deep'), '--weight', at('deep.npy'), '--json', '--restart', '--tier', 'relaxed']
    const { stdout } = await weft(['conv', at('deep'), ...operands, ...flags])
    return jsonLines(stdout)[0].kernel
  }
  const [fast, strict] = [await kernelOf(), await kernelOf('--numerics', 'strict')]
  expect(fast).toBe('f32-winograd-4x4-3x3')
  expect(strict).not.toMatch('winograd')
})
