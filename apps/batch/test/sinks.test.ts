// Results in one file for all: in the order of the items, whatever order they end in, and never lost.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Tensor } from '@weft/core'
import { NpzFile, readNpy, readSafetensors, SafetensorsFile, writeNpy } from '@weft/io'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeJson } from '../src/sinks/encode.ts'
import { filesBelow, jsonLines, PLAIN, temporaryFolder, weft } from './helpers.ts'

const at = temporaryFolder()
const IDS = ['00.npy', '01.npy', '02.npy', '03.npy', 'deep/04.npy']

beforeAll(async () => {
  for (const [index, id] of IDS.entries()) await writeNpy(at(`in/${id}`), Tensor.full([1, 2, 3], index + 0.1))
  await writeNpy(at('odd/a.npy'), Tensor.zeros([1, 2, 3]))
  await writeNpy(at('odd/b.npy'), Tensor.zeros([1, 2, 4]))
})

const run = (output: string, ...flags: string[]): ReturnType<typeof weft> =>
  weft(['conv', at('in'), '-o', at(output), '--kernel', 'identity', '--tier', 'simd128', '--threads', '2', '--json', ...flags])

test('.jsonl: a line an item, in order, the numbers exactly', async () => {
  expect((await run('all.jsonl')).code).toBe(0)
  const lines = jsonLines(readFileSync(at('all.jsonl'), 'utf8'))
  expect(lines.map(({ id }) => id)).toEqual(IDS)
  expect(lines[3]).toEqual({ id: '03.npy', shape: [1, 2, 3], data: Array(6).fill(Math.fround(3.1)) })
  expect(filesBelow(at('all.jsonl.weft'))).toEqual([])
})

test('.npz, .safetensors and .npy: a tensor an item, in order', async () => {
  for (const output of ['all.npz', 'all.safetensors', 'all.npy']) expect((await run(output)).code).toBe(0)
  await using npz = await NpzFile.open(at('all.npz'))
  await using safetensors = await SafetensorsFile.open(at('all.safetensors'))
  const stems = ['00', '01', '02', '03', 'deep/04']
  expect([npz.names, safetensors.entries.map(({ name }) => name)]).toEqual([stems, stems])
  const stack = await readNpy(at('all.npy'))
  expect(stack.shape).toEqual([5, 1, 2, 3])
  for (const [index, stem] of stems.entries()) {
    const expected = new Float32Array(6).fill(index + 0.1)
    for (const y of [await npz.read(stem), await readSafetensors(at('all.safetensors'), stem), stack.at(index)])
      expect(y.data.slice()).toEqual(expected)
  }
})

test('jsonl in a folder is one file too; json is a file an item', async () => {
  expect((await run('folder', '--format', 'jsonl')).code).toBe(0)
  expect(filesBelow(at('folder'))).toEqual(['results.jsonl'])
  expect((await run('single', '--format', 'json')).code).toBe(0)
  expect(filesBelow(at('single'))).toEqual(['00.json', '01.json', '02.json', '03.json', 'deep/04.json'])
  expect(JSON.parse(readFileSync(at('single/00.json'), 'utf8'))).toMatchObject({ id: '00.npy', shape: [1, 2, 3] })
  expect(`${encodeJson('a', { record: { label: 'cat', score: 0.5 } })}`).toBe('{"id":"a","label":"cat","score":0.5}\n')
})

describe('started again', () => {
  test('nothing is done when all is there, everything when the file is gone or an item changed', async () => {
    expect((await run('again.npz')).code).toBe(0)
    const bytes = readFileSync(at('again.npz'))
    const summary = async (...flags: string[]): Promise<unknown> => {
      const { done, skipped } = jsonLines((await run('again.npz', ...flags)).stdout).at(-1) ?? {}
      return [done, skipped, readFileSync(at('again.npz')).equals(bytes)]
    }
    expect(await summary()).toEqual([0, 5, true])
    rmSync(at('again.npz'))
    expect(await summary()).toEqual([5, 0, true])
    const other = Buffer.from(bytes)
    other[200] ^= 1
    writeFileSync(at('again.npz'), other)
    expect(await summary()).toEqual([0, 5, false])
    expect(await summary('--verify')).toEqual([5, 0, true])
    expect(existsSync(at('again.npz.weft/ledger.parts'))).toBe(false)
  })

  test('what is among the parts is not done again, a torn end is cut off, and failures keep the parts', async () => {
    await writeNpy(at('mixed/a.npy'), Tensor.full([1, 2, 3], 1))
    writeFileSync(at('mixed/b.npy'), 'no tensor')
    await writeNpy(at('mixed/c.npy'), Tensor.full([1, 2, 3], 3))
    const mixed = (): ReturnType<typeof weft> =>
      weft(['conv', at('mixed'), '-o', at('mixed.npy'), '--kernel', 'identity', ...PLAIN, '--json'])
    expect((await mixed()).code).toBe(1)
    expect((await readNpy(at('mixed.npy'))).shape).toEqual([2, 1, 2, 3])
    const parts = at('mixed.npy.weft/ledger.parts')
    expect(statSync(parts).size).toBe(2 * 24)
    writeFileSync(parts, Buffer.concat([readFileSync(parts), Buffer.alloc(7)]))
    await writeNpy(at('mixed/b.npy'), Tensor.full([1, 2, 3], 2))
    const { code, stdout } = await mixed()
    expect([code, jsonLines(stdout).at(-1)]).toMatchObject([0, { done: 1, skipped: 2 }])
    expect([...(await readNpy(at('mixed.npy'))).data].filter((_, index) => index % 6 === 0)).toEqual([1, 2, 3])
    expect(existsSync(parts)).toBe(false)
  })
})

test('a stack takes one shape, and one file for all no format of its own', async () => {
  const odd = await weft(['conv', at('odd'), '-o', at('odd.npy'), '--kernel', 'identity', ...PLAIN])
  expect([odd.code, odd.stderr]).toEqual([1, expect.stringMatching(/failed SHAPE .*a stack takes one shape; write \.npz/)])
  const both = await run('both.npz', '--format', 'png')
  expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/--format png goes\s+with a folder/)])
})
