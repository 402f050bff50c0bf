// A job split between machines, what its ledgers say, and what becomes of the parts.
import { readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { Tensor } from '@weft/core'
import { NpzFile, writeNpy } from '@weft/io'
import { beforeAll, expect, test } from 'vitest'
import { isOf, parseShard, shardFrom } from '../src/shard.ts'
import { Histogram } from '../src/summary.ts'
import { filesBelow, jsonLines, PLAIN, start, temporaryFolder, weft } from './helpers.ts'

const at = temporaryFolder()
const ITEMS = 24

beforeAll(async () => {
  for (let index = 0; index < ITEMS; index++)
    await writeNpy(at(`in/${String(index).padStart(2, '0')}.npy`), Tensor.full([1, 2, 2], index))
})

const run = (output: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}): ReturnType<typeof weft> =>
  weft(['conv', at('in'), '-o', at(output), '--kernel', 'identity', ...PLAIN, '--json', ...flags], undefined, env)

test('every item is of one shard, by its id alone', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `deep/${index}.png`)
  const sizes = [1, 2, 3, 4, 5].map((index) => ids.filter((id) => isOf(id, { index, count: 5 })).length)
  expect(sizes.reduce((a, b) => a + b)).toBe(1000)
  expect(Math.min(...sizes)).toBeGreaterThan(150)
  for (const id of ids) expect([1, 2, 3, 4, 5].filter((index) => isOf(id, { index, count: 5 }))).toHaveLength(1)
})

test('a shard is given, or told by Kubernetes or Slurm', () => {
  expect(parseShard('3/8')).toEqual({ index: 3, count: 8 })
  for (const text of ['0/8', '9/8', '3', '3/', 'a/b', '1/0', '-1/3']) expect(() => parseShard(text)).toThrow(/as in 3\/8/)
  expect(shardFrom({ JOB_COMPLETION_INDEX: '0', WEFT_SHARDS: '4' })).toEqual({ index: 1, count: 4 })
  expect(shardFrom({ JOB_COMPLETION_INDEX: '0' })).toBe(null)
  expect(shardFrom({ SLURM_ARRAY_TASK_ID: '12', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '10' })).toEqual({
    index: 3,
    count: 3,
  })
  expect(shardFrom({})).toBe(null)
  expect(() => shardFrom({ JOB_COMPLETION_INDEX: '4', WEFT_SHARDS: '4' })).toThrow(/say shard 5 of 4/)
})

test('shards side by side make what one run makes, and merge joins it', async () => {
  expect((await run('whole.npz')).code).toBe(0)
  const shards = await Promise.all([
    run('split.npz', ['--shard', '1/3']),
    run('split.npz', [], { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1' }),
  ])
  expect(shards.map(({ code }) => code)).toEqual([0, 0])
  const early = await weft(['merge', at('split.npz')])
  expect([early.code, early.stderr.replaceAll(/\n\s*/g, ' ')]).toEqual([
    3,
    expect.stringMatching(/of 3 shards of \S+ these have not begun: 3/),
  ])
  expect((await run('split.npz', [], { JOB_COMPLETION_INDEX: '2', WEFT_SHARDS: '3' })).code).toBe(0)
  const merged = await weft(['merge', at('split.npz')])
  expect([merged.code, merged.stdout]).toEqual([
    0,
    `${at('split.npz')}: 24 of 24 items done by 3 shards\nresults: ${at('split.npz')}\n`,
  ])
  expect(readFileSync(at('split.npz')).equals(readFileSync(at('whole.npz')))).toBe(true)
  await using npz = await NpzFile.open(at('split.npz'))
  expect(npz.names).toHaveLength(ITEMS)
  expect((await weft(['merge', at('whole.npz')])).code).toBe(0)
  expect(readFileSync(at('split.npz')).equals(readFileSync(at('whole.npz')))).toBe(true)
})

test('merge names what is missing, and refuses shards of different jobs', async () => {
  for (const shard of ['1/2', '2/2']) expect((await run('files', ['--shard', shard])).code).toBe(0)
  expect((await weft(['merge', at('files'), '--json'])).code).toBe(0)
  expect(filesBelow(at('files')).filter((name) => name.endsWith('.npy'))).toHaveLength(ITEMS)
  unlinkSync(at('files/07.npy'))
  const merged = await weft(['merge', at('files'), '--json'])
  expect([merged.code, JSON.parse(merged.stdout)]).toEqual([
    1,
    { items: ITEMS, shards: 2, missing: ['07.npy'], failed: [], doubled: [], file: null },
  ])
  expect((await run('files', ['--shard', '1/2', '--stride', '2', '--restart'])).code).toBe(0)
  expect((await weft(['merge', at('files')])).stderr).toMatch(/another job/)
})

test('status counts, failed gives a list that can be given back', async () => {
  await writeNpy(at('some/good.npy'), Tensor.zeros([1, 2, 2]))
  writeFileSync(at('some/deep-bad.npy'), 'no tensor')
  writeFileSync(at('some/bad.npy'), 'no tensor')
  const conv = (...sources: string[]): string[] => [
    'conv',
    ...sources,
    '-o',
    at('some-out'),
    '--kernel',
    'identity',
    ...PLAIN,
    '-q',
  ]
  expect((await weft(['status', at('some-out')])).code).toBe(3)
  expect((await weft(conv(at('some')))).code).toBe(1)
  const status = await weft(['status', at('some-out')])
  expect(status.stdout).toBe(`${at('some-out')}: 1 of 3 items done, 2 failed, 0 left; nobody is at work\n`)
  expect(jsonLines((await weft(['status', at('some-out'), '--json'])).stdout)).toMatchObject([
    { name: 'ledger', done: 1, failed: 2, left: 0, owner: null },
  ])
  const failed = await weft(['failed', at('some-out')])
  expect(jsonLines(failed.stdout)).toMatchObject([
    { path: at('some/bad.npy'), id: 'bad.npy', code: 'FORMAT', attempt: 1 },
    { id: 'deep-bad.npy' },
  ])
  await writeNpy(at('some/bad.npy'), Tensor.zeros([1, 2, 2]))
  const { child, ended } = start(conv('-'))
  child.stdin?.end(failed.stdout)
  expect((await ended).code).toBe(1)
  expect(jsonLines((await weft(['failed', at('some-out')])).stdout)).toMatchObject([{ id: 'deep-bad.npy', attempt: 2 }])
  const here = `${at('some-out')}: `
  expect((await weft(['status', at('some-out')])).stdout).toBe(`${here}2 of 3 items done, 1 failed, 0 left; nobody is at work\n`)
  await writeNpy(at('some/more.npy'), Tensor.zeros([1, 2, 2]))
  expect((await weft(conv(at('some')))).code).toBe(1)
  expect((await weft(['status', at('some-out')])).stdout).toBe(`${here}3 of 4 items done, 1 failed, 0 left; nobody is at work\n`)
  await writeNpy(at('some/deep-bad.npy'), Tensor.zeros([1, 2, 2]))
  expect((await weft(conv(at('some')))).code).toBe(0)
  const none = await weft(['failed', at('some-out')])
  expect([none.code, none.stdout, none.stderr]).toEqual([0, '', `nothing failed in ${at('some-out')}\n`])
  const idle = start(conv('-'))
  idle.child.stdin?.end('')
  expect(await idle.ended).toMatchObject({ code: 0, stderr: '' })
})

test('--summary writes totals, percentiles by stage and the machine', async () => {
  rmSync(at('sum'), { recursive: true, force: true })
  expect((await run('sum', ['--summary', at('summary.json')])).code).toBe(0)
  const summary = JSON.parse(readFileSync(at('summary.json'), 'utf8'))
  expect(summary).toMatchObject({
    work: 'identity',
    exitCode: 0,
    items: { all: ITEMS, done: ITEMS, failed: 0, left: 0 },
    tier: 'simd128',
    threads: 1,
  })
  expect(Object.keys(summary.milliseconds).sort()).toEqual(['compute', 'decode', 'encode', 'item', 'read', 'write'])
  expect(summary.milliseconds.item.p50).toBeGreaterThan(0)
  expect(summary.machine).toMatchObject({ platform: process.platform, node: expect.any(String), cores: expect.any(Number) })
})

test('percentiles are right to 5 %', () => {
  const times = new Histogram()
  for (let ms = 1000; ms >= 1; ms--) times.add(ms)
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    expect(times.percentile(share)).toBeGreaterThanOrEqual(share * 1000 * 0.995)
    expect(times.percentile(share)).toBeLessThan(share * 1000 * 1.06)
  }
  expect(new Histogram().percentile(0.5)).toBe(0)
})
