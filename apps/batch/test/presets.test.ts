// The kernels of --kernel against plain loops that share nothing with them.
import { rmSync } from 'node:fs'
import { type FloatTensor, Tensor } from '@weft/core'
import { readImage, readNpy, writeNpy } from '@weft/io'
import { beforeAll, describe, expect, test } from 'vitest'
import { PRESET_NAMES } from '../src/conv/presets.ts'
import { distance, filterPlane, planeOf, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()
const picture = randomPicture(3, 21, 34)

// Written out from the definitions, not taken from the table under test.
const EXPECTED: Record<string, (plane: Float32Array, h: number, w: number) => ArrayLike<number>> = {
  identity: (plane) => plane,
  blur: (plane, h, w) => {
    const [a, b] = [[[1], [4], [6], [4], [1]], [[1, 4, 6, 4, 1]]]
    const rows = Float32Array.from(filterPlane(plane, h, w, a, 2, 0), (value) => value / 16)
    return filterPlane(rows, h, w, b, 0, 2).map((value) => value / 16)
  },
  sharpen: (plane, h, w) =>
    filterPlane(
      plane,
      h,
      w,
      [
        [0, -1, 0],
        [-1, 5, -1],
        [0, -1, 0],
      ],
      1,
      1,
    ),
  sobel: (plane, h, w) => {
    const gx = filterPlane(
      plane,
      h,
      w,
      [
        [-1, 0, 1],
        [-2, 0, 2],
        [-1, 0, 1],
      ],
      1,
      1,
    )
    const gy = filterPlane(
      plane,
      h,
      w,
      [
        [-1, -2, -1],
        [0, 0, 0],
        [1, 2, 1],
      ],
      1,
      1,
    )
    return gx.map((value, index) => Math.hypot(value, gy[index]) / 2)
  },
  laplace: (plane, h, w) =>
    filterPlane(
      plane,
      h,
      w,
      [
        [0, 1, 0],
        [1, -4, 1],
        [0, 1, 0],
      ],
      1,
      1,
    ).map((value) => 0.5 + value),
  emboss: (plane, h, w) =>
    filterPlane(
      plane,
      h,
      w,
      [
        [-1, -1, 0],
        [-1, 0, 1],
        [0, 1, 1],
      ],
      1,
      1,
    ).map((value) => 0.5 + value / 2),
  edge: (plane, h, w) => filterPlane(plane, h, w, [[1, -1]], 0, 0).map((value) => 0.5 + value / 2),
}

/** A 8-bit picture of numbers: clamped, and within half a step. */
function expectPicture(plane: ArrayLike<number>, numbers: ArrayLike<number>): void {
  const clamped = Array.from(numbers, (value) => Math.min(1, Math.max(0, value)))
  expect(distance(plane, clamped)).toBeLessThan(0.5 / 255 + 1e-5)
}

beforeAll(() => writePicture(at('in/a.png'), picture))

test('the table is the one that is expected', () => {
  expect([...PRESET_NAMES].sort()).toEqual(Object.keys(EXPECTED).sort())
})

describe.each(PRESET_NAMES)('%s', (name) => {
  test('gives the numbers of a plain loop, the same size, and a picture of them', async () => {
    const out = at(`out-${name}`)
    const run = (folder: string, ...flags: string[]): ReturnType<typeof weft> =>
      weft(['conv', at('in'), '-o', folder, '--kernel', name, '-q', '--threads', '1', ...flags])
    const ended = await Promise.all([run(`${out}/npy`, '--format', 'npy'), run(out)])
    expect(ended).toEqual(Array(2).fill({ code: 0, signal: null, stdout: '', stderr: '' }))
    const [y, image] = [await readNpy(`${out}/npy/a.npy`), await readImage(`${out}/a.png`)]
    expect([y.shape, image.shape]).toEqual([picture.shape, picture.shape])
    for (let channel = 0; channel < 3; channel++) {
      const expected = EXPECTED[name](planeOf(picture, channel), 21, 34)
      expect(distance(planeOf(y, channel), expected)).toBeLessThan(2e-6)
      expectPicture(planeOf(image, channel), expected)
    }
    rmSync(out, { recursive: true })
  })
})

test('opacity stays as it is, and colours are filtered, in rgba', async () => {
  const clear = randomPicture(4, 16, 19, 5)
  await writePicture(at('clear/a.png'), clear)
  for (const name of ['sobel', 'edge', 'laplace'] as const) {
    expect(
      (await weft(['conv', at('clear'), '-o', at('opaque'), '--kernel', name, '--channels', 'rgba', '-q', '--restart'])).code,
    ).toBe(0)
    const y = await readImage(at('opaque/a.png'), { channels: 'rgba' })
    expect(distance(planeOf(y, 3), planeOf(clear, 3))).toBe(0)
    expectPicture(planeOf(y, 1), EXPECTED[name](planeOf(clear, 1), 16, 19))
  }
})

test('tensors of two, three and four axes, of any number of channels', async () => {
  const shapes = [
    [9, 12],
    [5, 9, 12],
    [2, 3, 9, 12],
  ]
  const tensors = shapes.map(
    (shape): FloatTensor =>
      new Tensor(
        randomPicture(
          1,
          1,
          shape.reduce((a, b) => a * b),
          3,
        ).data,
        shape,
      ),
  )
  for (const [index, tensor] of tensors.entries()) await writeNpy(at(`tensors/${index}.npy`), tensor)
  await writeNpy(at('tensors/deep.npy'), Tensor.zeros([1, 1, 1, 4, 4]))
  const { code, stderr } = await weft(['conv', at('tensors'), '-o', at('tensors-out'), '--kernel', 'sobel'])
  expect([code, stderr]).toEqual([1, expect.stringMatching(/SHAPE.*deep\.npy.*\(1, 1, 1, 4, 4\)/)])
  for (const [index, tensor] of tensors.entries()) {
    const y = await readNpy(at(`tensors-out/${index}.npy`))
    expect(y.shape).toEqual(index === 0 ? [1, 9, 12] : tensor.shape)
    const planes = (t: Tensor): Tensor => t.reshape([-1, 9, 12])
    for (let plane = 0; plane < tensor.size / 108; plane++) {
      expect(distance(planeOf(planes(y), plane), EXPECTED.sobel(planeOf(planes(tensor), plane), 9, 12))).toBeLessThan(2e-6)
    }
  }
})

test('a stride makes it smaller, a dilation reaches further, other padding is obeyed', async () => {
  const run = async (...flags: string[]): Promise<Tensor> => {
    expect(
      (await weft(['conv', at('in'), '-o', at('geometry'), '--format', 'npy', '-q', '--restart', '--kernel', ...flags])).code,
    ).toBe(0)
    return await readNpy(at('geometry/a.npy'))
  }
  const edge = EXPECTED.edge(planeOf(picture, 2), 21, 34)
  const strided = await run('edge', '--stride', '2,3')
  expect(strided.shape).toEqual([3, 11, 12])
  expect(strided.get(2, 4, 5)).toBeCloseTo(edge[8 * 34 + 15], 6)
  const far = await run('edge', '--dilation', '1,4')
  expect(far.get(0, 3, 7)).toBeCloseTo(0.5 + (picture.get(0, 3, 5) - picture.get(0, 3, 9)) / 2, 6)
  expect((await run('sobel', '--padding', 'valid')).shape).toEqual([3, 19, 32])
  const dark = await run('blur', '--padding-mode', 'zeros')
  expect(dark.get(1, 0, 0)).toBeLessThan((await run('blur')).get(1, 0, 0))
})
