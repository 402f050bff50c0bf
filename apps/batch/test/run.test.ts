// weft run: what goes into a network, what comes of its outputs, and what is refused.
import { readFileSync, writeFileSync } from 'node:fs'
import { type FloatTensor, Tensor } from '@weft/core'
import { encodeNpz, readNpy, readTensor, SafetensorsFile } from '@weft/io'
import { beforeAll, describe, expect, test } from 'vitest'
import { type FileNetwork, onnxFile } from '../../../packages/model/test/onnx-file.ts'
import { distance, jsonLines, PLAIN, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()
const picture = randomPicture(3, 6, 8)
const PASSES = [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }]

function network(
  name: string,
  { inputs = [], outputs = [{ name: 'y' }], nodes = PASSES, ...rest }: Partial<FileNetwork>,
): string {
  const path = at(`${name}.onnx`)
  writeFileSync(path, onnxFile({ inputs, outputs, nodes, ...rest }))
  return path
}

/** Whatever size: y = x. */
let same: string
/** A score for each of 4 classes: the sums of the four quarters of one grey picture of 4 x 4. */
let classes: string
beforeAll(async () => {
  await writePicture(at('in/a.png'), picture)
  await writePicture(
    at('grey/a.png'),
    new Tensor(
      Float32Array.from({ length: 16 }, (_, i) => (i >= 8 ? 1 : 0)),
      [1, 4, 4],
    ),
  )
  same = network('same', { inputs: [{ name: 'x', shape: [1, 3, 'h', 'w'] }] })
  classes = network('classes', {
    inputs: [{ name: 'x', shape: ['n', 1, 4, 4] }],
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['sums'], attributes: { strides: [2, 2] } },
      { op: 'Flatten', inputs: ['sums'], outputs: ['y'] },
    ],
    constants: { w: { dims: [1, 1, 2, 2], values: [1, 1, 1, 1.5] } },
  })
})

const run = (args: string[], cwd?: string) => weft(['run', ...args, ...PLAIN], cwd)

/** y of the picture, with these flags. */
async function seen(name: string, model: string, ...flags: string[]): Promise<FloatTensor> {
  expect(await run([model, at('in'), '-o', at(name), ...flags])).toMatchObject({ code: 0 })
  return (await readNpy(at(`${name}/a.npy`))) as FloatTensor
}
const whole = ['--size', '8x6']
const planes = (from: FloatTensor, change: (value: number, channel: number) => number) =>
  from.data.map((value, i) => change(value, Math.floor(i / 48)))

describe('a picture', () => {
  test('goes in as numbers from 0 to 1', async () => {
    const y = await seen('unit', same, ...whole)
    expect(y.shape).toEqual([1, 3, 6, 8])
    expect(y.data).toEqual(picture.data)
  })

  test('is scaled, centred and divided a channel, as told', async () => {
    const y = await seen('told', same, ...whole, '--preset', 'raw', '--mean', '1,2,3', '--std', '2,4,8')
    expect(
      distance(
        y.data,
        planes(picture, (value, c) => (value * 255 - (c + 1)) / 2 ** (c + 1)),
      ),
    ).toBeLessThan(1e-4)
    const imagenet = await seen('imagenet', same, ...whole, '--preset', 'imagenet', '--fit', 'stretch')
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ]
    expect(
      distance(
        imagenet.data,
        planes(picture, (value, c) => (value - mean[c]) / std[c]),
      ),
    ).toBeLessThan(1e-6)
  })

  test('has blue first with bgr', async () => {
    const y = await seen('bgr', same, ...whole, '--colour', 'bgr')
    for (const c of [0, 1, 2]) expect(y.data.slice(48 * c, 48 * c + 48)).toEqual(picture.data.slice(48 * (2 - c), 48 * (3 - c)))
  })

  test('has its channels last where the network says so, and whole numbers where it takes those', async () => {
    const last = network('last', { inputs: [{ name: 'x', type: 2, shape: [1, 6, 8, 3] }] })
    expect(await run([last, at('in'), '-o', at('last'), '--preset', 'raw'])).toMatchObject({ code: 0 })
    const y = await readNpy(at('last/a.npy'), { dtype: 'uint8' })
    expect(y.shape).toEqual([1, 6, 8, 3])
    expect(Array.from(y.data.slice(0, 3))).toEqual([0, 48, 96].map((i) => Math.round(picture.data[i] * 255)))
  })

  test('is fitted: cropped in the middle, padded with black, or kept in its proportions', async () => {
    const crop = await seen('crop', same, '--size', '6', '--fit', 'crop')
    expect(crop.shape).toEqual([1, 3, 6, 6])
    expect(crop.data.slice(0, 6)).toEqual(picture.data.slice(1, 7))
    const pad = await seen('pad', same, '--size', '8', '--fit', 'pad')
    expect(pad.shape).toEqual([1, 3, 8, 8])
    expect(Array.from(pad.data.slice(0, 8))).toEqual(Array(8).fill(0))
    expect(pad.data.slice(8, 16)).toEqual(picture.data.slice(0, 8))
    expect((await seen('keep', same, '--size', '4', '--fit', 'keep', '--multiple', '2')).shape).toEqual([1, 3, 4, 4])
    expect((await seen('any', same)).shape).toEqual([1, 3, 32, 32])
  })
})

describe('tensors', () => {
  test('of several inputs come from entries with their names', async () => {
    const sum = network('sum', {
      inputs: [
        { name: 'a', shape: ['n'] },
        { name: 'b', type: 7, shape: ['n'] },
      ],
      outputs: [{ name: 'y' }, { name: 'c' }],
      nodes: [
        { op: 'Cast', inputs: ['b'], outputs: ['c'], attributes: { to: 1 } },
        { op: 'Add', inputs: ['a', 'c'], outputs: ['y'] },
      ],
    })
    const [a, b] = [new Tensor(Float32Array.of(0.5, 1), [2]), new Tensor(Int32Array.of(1, 2), [2])]
    writeFileSync(
      at('two/one.npz'),
      Buffer.concat(
        encodeNpz([
          ['a', a],
          ['b', b],
        ]),
      ),
    )
    expect(await run([sum, at('two'), '-o', at('two.safetensors')])).toMatchObject({ code: 0 })
    await using all = await SafetensorsFile.open(at('two.safetensors'))
    expect(all.entries.map(({ name }) => name)).toEqual(['one/y', 'one/c'])
    expect(await run([sum, at('two'), '-o', at('sums'), '--outputs', 'y'])).toMatchObject({ code: 0 })
    expect((await readNpy(at('sums/one.npy'))).data).toEqual(Float32Array.of(1.5, 3))
    const wrong = await run([sum, at('in/a.png'), '-o', at('wrong')])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr.replace(/\s+/g, ' ')).toContain('takes a float32 (n) and b int64 (n): give tensors')
  })
})

describe('top', () => {
  test('lists the highest classes by their labels', async () => {
    writeFileSync(at('labels.txt'), 'up left\nup right\ndown left\ndown right\n')
    const all = at('top.jsonl')
    const { code } = await run([classes, at('grey'), '-o', all, '--labels', at('labels.txt'), '--top', '2', '--scores', 'raw'])
    expect(code).toBe(0)
    expect(jsonLines(readFileSync(all, 'utf8'))).toEqual([
      {
        id: 'a.png',
        top: [
          { class: 2, label: 'down left', score: 4.5 },
          { class: 3, label: 'down right', score: 4.5 },
        ],
      },
    ])
  })

  test('is a line an item in results.jsonl of the folder, and a file an item where json is asked for', async () => {
    expect(await run([classes, at('grey'), '-o', at('lines'), '--top', '1'])).toMatchObject({ code: 0 })
    const [{ id, top }] = jsonLines(readFileSync(at('lines/results.jsonl'), 'utf8')) as [{ id: string; top: object[] }]
    expect([id, top.length]).toEqual(['a.png', 1])
    expect(await run([classes, at('grey'), '-o', at('files'), '--top', '1', '--format', 'json'])).toMatchObject({ code: 0 })
    expect(JSON.parse(readFileSync(at('files/a.json'), 'utf8'))).toMatchObject({ top })
  })

  test('gives probabilities unless the scores are some already', async () => {
    const { stdout } = await run([classes, at('grey'), '-o', at('soft'), '--top', '1', '--json'])
    const [{ top }] = jsonLines(stdout) as [{ top: { score: number }[] }]
    const [high, low] = [Math.exp(4.5), 1]
    expect(top[0].score).toBeCloseTo(high / (2 * high + 2 * low), 5)
    const { stdout: same } = await run([classes, at('grey'), '-o', at('as-is'), '--top', '1', '--json', '--scale', '0.2'])
    expect((jsonLines(same) as [{ top: { score: number }[] }])[0].top[0].score).toBeCloseTo(0.9, 5)
  })
})

describe('pictures', () => {
  test('as an image is what it was where the network takes blue first, or its channels last', async () => {
    const flags = ['--as', 'image', ...whole]
    expect(await run([same, at('in'), '-o', at('blue'), '--colour', 'bgr', ...flags])).toMatchObject({ code: 0 })
    expect((await readTensor(at('blue/a.png'))).data).toEqual(picture.data)
    const last = network('channels-last', { inputs: [{ name: 'x', shape: [1, 'h', 'w', 3] }] })
    expect(await run([last, at('in'), '-o', at('last-image'), ...flags])).toMatchObject({ code: 0 })
    expect((await readTensor(at('last-image/a.png'))).data).toEqual(picture.data)
  })

  test('of a network are written as they are between 0 and 1, or as --range says', async () => {
    expect(await run([same, at('in'), '-o', at('image'), '--as', 'image', ...whole])).toMatchObject({ code: 0 })
    expect((await readTensor(at('image/a.png'))).data).toEqual(picture.data)
    const flags = ['--as', 'image', '--range', '0,255', '--preset', 'raw', ...whole]
    expect(await run([same, at('in'), '-o', at('ranged'), ...flags])).toMatchObject({ code: 0 })
    expect((await readTensor(at('ranged/a.png'))).data).toEqual(picture.data)
  })

  test('keep the size of their own, however long a side, unless --size or --multiple says', async () => {
    await writePicture(at('long/a.png'), randomPicture(3, 3, 1001))
    const sizeOf = async (name: string, ...flags: string[]) => {
      expect(await run([same, at('long'), '-o', at(name), '--as', 'image', ...flags])).toMatchObject({ code: 0 })
      return (await readTensor(at(`${name}/a.png`))).shape
    }
    expect(await sizeOf('own')).toEqual([3, 3, 1001])
    expect((await readTensor(at('own/a.png'))).data).toEqual((await readTensor(at('long/a.png'))).data)
    expect(await sizeOf('smaller', '--fit', 'keep', '--size', '500')).toEqual([3, 1, 500])
    expect(await sizeOf('rounded', '--multiple', '8')).toEqual([3, 8, 1000])
  })

  test('glow where a map is high and stay in the shade where it is low', async () => {
    const map = network('map', { inputs: [{ name: 'x', shape: [1, 1, 4, 4] }] })
    expect(await run([map, at('grey'), '-o', at('heat'), '--as', 'heatmap'])).toMatchObject({ code: 0 })
    const heat = await readTensor(at('heat/a.png'))
    expect(heat.shape).toEqual([3, 4, 4])
    expect([0, 1, 2].map((c) => heat.get(c, 0, 0))).toEqual([0, 0, 0])
    const [red, green, blue] = [0, 1, 2].map((c) => heat.get(c, 3, 3))
    expect([red, green, blue].map((value) => Math.round(value * 4) / 4)).toEqual([1, 1, 0.25])
  })
})

describe('settings', () => {
  test('that were saved beside the model are those of later runs, and flags count before them', async () => {
    const model = network('kept', { inputs: [{ name: 'x', shape: [1, 3, 6, 8] }] })
    const first = await seen('first', model, '--preset', 'raw', '--colour', 'bgr', '--save')
    expect(JSON.parse(readFileSync(at('kept.weft.json'), 'utf8'))).toEqual({ preset: 'raw', colour: 'bgr' })
    expect((await seen('later', model)).data).toEqual(first.data)
    expect(
      distance(
        (await seen('flag', model, '--preset', 'unit')).data,
        first.data.map((value) => value / 255),
      ),
    ).toBeLessThan(1e-6)
    writeFileSync(at('kept.weft.json'), '{"preset": "rare"}')
    expect(await run([model, at('in'), '-o', at('broken')])).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(/kept\.weft\.json, preset:/),
    })
  })

  test('that are others do not go on with the results of a run', async () => {
    await seen('once', same, ...whole)
    const again = await run([same, at('in'), '-o', at('once'), ...whole])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/0 of 1 item done, 1 were done before/) })
    expect(await run([same, at('in'), '-o', at('once'), ...whole, '--preset', 'raw'])).toMatchObject({ code: 2 })
  })
})

const MISTAKES: [what: string, args: () => string[], sentence: RegExp][] = [
  ['no input', () => [same, '-o', at('no')], /MODEL INPUT is needed/],
  ['no model', () => [at('none.onnx'), at('in'), '-o', at('no')], /NOT_FOUND.*cannot read/],
  ['no network', () => [at('in/a.png'), at('in'), '-o', at('no')], /FORMAT.*damaged, or no ONNX file/],
  ['no such output', () => [same, at('in'), '-o', at('no'), '--outputs', 'z'], /no output 'z'; same\.onnx has y/],
  ['another size', () => [classes, at('grey'), '-o', at('no'), '--size', '5'], /takes pictures of 4 x 4 only/],
  ['another colour', () => [classes, at('grey'), '-o', at('no'), '--colour', 'rgb'], /takes 1 channels, not rgb/],
  ['a size of nothing', () => [same, at('in'), '-o', at('no'), '--size', '0'], /--size 0: give a side/],
  ['no range', () => [same, at('in'), '-o', at('no'), '--range', '1,1'], /give two numbers that differ/],
  ['no division', () => [same, at('in'), '-o', at('no'), '--std', '0'], /--std has a 0/],
  ['tensors as png', () => [same, at('in'), '-o', at('no'), '--format', 'png'], /cannot be written as png/],
  ['labels of others', () => [classes, at('grey'), '-o', at('no'), '--labels', at('two.txt')], /2 labels for the 4 classes/],
]

test.each(MISTAKES)('%s is refused with a sentence', async (_, args, sentence) => {
  writeFileSync(at('two.txt'), 'a\nb\n')
  const { code, stderr } = await run(args())
  expect(stderr.replace(/\s+/g, ' ')).toMatch(sentence)
  expect(code).not.toBe(0)
})
