// What the command takes: folders, patterns, lists, manifests, and files that hold several items; and the ids they get.
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor } from '@weft/core'
import { encodeNpz, readNpy, writeNpy, writeSafetensors, writeTensor } from '@weft/io'
import { beforeAll, describe, expect, test } from 'vitest'
import { nameOutputs } from '../src/outputs.ts'
import { findInputs } from '../src/sources/find.ts'
import { type Input, stemOf } from '../src/sources/inputs.ts'
import { parseCsv } from '../src/sources/lists.ts'
import { filesBelow, jsonLines, PLAIN, randomPicture, start, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()
const npz = (name: string, tensors: Record<string, Tensor>): void =>
  writeFileSync(at(name), Buffer.concat(encodeNpz(Object.entries(tensors))))

beforeAll(async () => {
  for (const name of ['in/a.png', 'in/deep/b.png', 'in/deep/er/c.png', 'other/d.png', 'in/.hidden.png'])
    await writePicture(at(name), randomPicture(3, 6, 6))
  writeFileSync(at('in/notes.txt'), '')
  npz('tensors/two.npz', { 'conv1.weight': Tensor.arange([1, 3, 3]), 'x/y': Tensor.zeros([1, 4, 4]) })
  npz('tensors/one.npz', { only: Tensor.zeros([1, 4, 4]) })
  await writeSafetensors(at('tensors/three.safetensors'), {
    a: Tensor.zeros([1, 2, 2]),
    b: Tensor.zeros([1, 2, 2]),
    c: Tensor.zeros([1, 2, 2]),
  })
  await writeNpy(at('tensors/batch.npy'), Tensor.arange([12, 1, 3, 3]))
})

const find = (sources: string[], batchAxis?: number): Promise<Input[]> => findInputs(sources, { except: at('out'), batchAxis })
const ids = async (...args: Parameters<typeof find>): Promise<string[]> => (await find(...args)).map(({ id }) => id)
const error = async (promise: Promise<unknown>): Promise<string> =>
  await promise.then(
    () => 'none',
    ({ code, message }) => `${code}: ${message}`,
  )

test('folders give paths below them, files their names, patterns what follows their fixed part', async () => {
  expect(await ids([at('in'), at('other/d.png')])).toEqual(['a.png', 'deep/b.png', 'deep/er/c.png', 'd.png'])
  expect(await ids([at('in/**/*.png')])).toEqual(['a.png', 'deep/b.png', 'deep/er/c.png'])
  expect(await ids([at('in/deep/*.{png,jpg}')])).toEqual(['b.png'])
  expect(await ids([at('{in,other}/?.png')])).toEqual(['in/a.png', 'other/d.png'])
  expect(await error(find([at('in/*.gif')]))).toMatch(
    /^NOT_FOUND: no picture and no tensor that weft reads matches .*in\/\*\.gif$/,
  )
})

test('files that hold several give an item for each, files that hold one are one', async () => {
  expect(await ids([at('tensors')])).toEqual([
    'batch.npy',
    'one.npz',
    'three.safetensors:a',
    'three.safetensors:b',
    'three.safetensors:c',
    'two.npz:conv1.weight',
    'two.npz:x/y',
  ])
  expect(await ids([`${at('tensors/two.npz')}:x/y`])).toEqual(['two.npz:x/y'])
  expect((await ids([at('tensors/batch.npy')], 0)).slice(-2)).toEqual(['batch.npy#10', 'batch.npy#11'])
  expect(await ids([at('tensors/batch.npy')], 3)).toHaveLength(3)
  expect(await error(find([at('tensors/batch.npy')], 4))).toMatch(/^OPTION: --batch-axis 4: .*batch\.npy has axes 0 to 3/)
  const pages = join(import.meta.dirname, '../../../packages/io/test/fixtures/pages.tif')
  expect(await ids([pages])).toEqual(['pages.tif#0', 'pages.tif#1'])
})

test('a file without numbers is one item, however many slices its header claims', async () => {
  await writeNpy(at('tensors/none.npy'), Tensor.zeros([0, 5]))
  expect(await ids([at('tensors/none.npy')], 1)).toEqual(['none.npy'])
  expect(await error(find([at('tensors/none.npy')], 0))).toMatch(/^NOT_FOUND: /)
})

test.each([
  ['deep/a.png', 'deep/a'],
  ['two.npz:conv1.weight', 'two/conv1.weight'],
  ['s.safetensors:a:b', 's/a:b'],
  ['stack.tif#3', 'stack/000003'],
  ['scan.001', 'scan.001'],
  ['a.tar.png', 'a.tar'],
])('the result of %s is at %s', (id, stem) => {
  expect(stemOf(id)).toBe(stem)
})

describe('lists', () => {
  test('are paths, or JSON with ids; what is not there fails alone', async () => {
    writeFileSync(
      at('list.txt'),
      `in/a.png\r\n\nother/../in/deep/b.png\n{"path":"other/d.png","id":"x/y"}\ngone.png\n${at('in/deep/er/c.png')}`,
    )
    const { ended } = start(['conv', '@list.txt', '-o', 'listed', '--kernel', 'blur', ...PLAIN, '--json'], at('.'))
    const { code, stdout, stderr } = await ended
    expect([code, filesBelow(at('listed'))]).toEqual([1, ['c.png', 'in/a.png', 'in/deep/b.png', 'x/y.png']])
    expect(jsonLines(stdout).find(({ id }) => id === 'gone.png')).toMatchObject({ ok: false, code: 'NOT_FOUND' })
    expect(stderr).toMatch(/^failed NOT_FOUND the input gone\.png is not there$/m)
  })

  test('come on standard input too', async () => {
    const { child, ended } = start(['conv', '-', '-o', 'piped', '--kernel', 'blur', ...PLAIN, '-q'], at('.'))
    child.stdin?.end('in/a.png\nother/d.png\n')
    expect([(await ended).code, filesBelow(at('piped'))]).toEqual([0, ['in/a.png', 'other/d.png']])
  })

  test('may be empty: there is nothing to do, and nothing is written', async () => {
    writeFileSync(at('none.csv'), 'path,id\n')
    const { child, ended } = start(['conv', '-', at('none.csv'), '-o', 'nothing', '--kernel', 'blur', ...PLAIN], at('.'))
    child.stdin?.end('\n')
    const { code, stdout } = await ended
    expect([code, stdout, existsSync(at('nothing'))]).toEqual([0, 'nothing to do: the list of inputs is empty\n', false])
    const joined = await weft(['conv', at('none.csv'), '-o', 'all.npz', '--kernel', 'blur', ...PLAIN], at('.'))
    expect([joined.code, joined.stdout]).toEqual([0, 'nothing to do: the list of inputs is empty; all.npz is not written\n'])
  })

  test('as manifests have a header, or are objects, and paths beside them', async () => {
    writeFileSync(at('in/m.csv'), 'label,path,id\n1,a.png,"one, ""quoted"""\n2,deep/b.png,two\n')
    writeFileSync(at('in/m.jsonl'), '{"path":"a.png","id":7}\n{"path":"deep/b.png"}\n')
    expect(await ids([at('in/m.csv')])).toEqual(['one, "quoted"', 'two'])
    expect(await ids([at('in/m.jsonl')])).toEqual(['7', 'deep/b.png'])
    for (const [name, content, problem] of [
      ['x.csv', 'file\na.png\n', /line 1: its header has no column path; it has file/],
      ['x.csv', 'path,id\na.png\n', /line 2: it has 1 fields where 2/],
      ['x.csv', 'path\n"a.png\n', /quotes do not match/],
      ['x.jsonl', '{"path":"a.png"}\n{"path":3}\n', /line 2: it has no text "path"/],
      ['x.jsonl', 'a.png\n', /line 1: it is not JSON/],
    ] as const) {
      writeFileSync(at(name), content)
      expect(await error(find([at(name)]))).toMatch(problem)
    }
  })

  test('of commas, line ends and quotes are read as they were meant', () => {
    expect(parseCsv('a,"b\nc",\r\n"","x""y",z', '')).toEqual([
      ['a', 'b\nc', ''],
      ['', 'x"y', 'z'],
    ])
  })
})

test('ids that lead out of the output folder, or that two items share, are refused before anything is written', async () => {
  const target = { output: at('out'), folder: at('out'), real: at('out'), state: at('out/.weft'), joined: null }
  const name = (id: string): unknown => nameOutputs([{ path: 'p', real: 'p', id, picture: false }], target, () => 'npy')
  for (const id of ['../x', 'a/../../x', '/etc/x', 'x.npz:../../y', 'x.npz:/y', '.weft/x', 'a\0b', ''])
    expect(() => name(id)).toThrow(/no path inside of the output folder/)
  npz('escape.npz', { '../../escape': Tensor.zeros([1, 2, 2]), b: Tensor.zeros([1, 2, 2]) })
  const { code, stderr } = await weft(['conv', at('escape.npz'), '-o', at('escaped'), '--kernel', 'blur'])
  expect([code, stderr]).toEqual([2, expect.stringMatching(/OPTION: .*escape\.npz:\.\.\/\.\.\/escape/)])
  writeFileSync(at('twice.jsonl'), '{"path":"in/a.png","id":"x"}\n{"path":"other/d.png","id":"x"}\n')
  expect((await weft(['conv', at('twice.jsonl'), '-o', at('escaped'), '--kernel', 'blur'])).stderr).toMatch(
    /a\.png and\s+\S*d\.png would\s+both/,
  )
})

test('slices and entries are computed as files of their own would be, and done only once', async () => {
  const args = [
    'conv',
    at('tensors/batch.npy'),
    at('tensors/two.npz'),
    '-o',
    at('sliced'),
    '--kernel',
    'identity',
    '--batch-axis',
    '0',
    ...PLAIN,
    '--json',
  ]
  expect((await weft(args)).code).toBe(0)
  expect(filesBelow(at('sliced'))).toHaveLength(14)
  expect([...(await readNpy(at('sliced/batch/000011.npy'))).data]).toEqual([...Tensor.arange([12, 1, 3, 3]).at(11).data])
  expect([...(await readNpy(at('sliced/two/conv1.weight.npy'))).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(jsonLines((await weft(args)).stdout)).toMatchObject([{ type: 'summary', skipped: 14 }])
})

test('a picture of more pixels than allowed fails by its header', async () => {
  await writeTensor(at('large/a.png'), randomPicture(1, 30, 40))
  const { code, stderr } = await weft([
    'conv',
    at('large'),
    '-o',
    at('large-out'),
    '--kernel',
    'blur',
    '--max-pixels',
    '1199',
    ...PLAIN,
  ])
  expect([code, stderr]).toEqual([1, expect.stringMatching(/failed TOO_LARGE .*30 pixels; the limit is 1199/)])
})

test.runIf(process.getuid?.() !== 0)('a folder that cannot be read fails alone', async () => {
  mkdirSync(at('in-shut/shut'), { recursive: true })
  symlinkSync(at('in/a.png'), at('in-shut/a.png'))
  chmodSync(at('in-shut/shut'), 0)
  expect((await find([at('in-shut')])).map(({ id, problem }) => [id, problem?.code])).toEqual([
    ['a.png', undefined],
    ['shut', 'IO'],
  ])
})
