// A job on a queue: what comes of it is what one run makes, whatever befalls workers and Redis; what a job may ask for.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WeftError } from '@weft/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onnxFile } from '../../../packages/model/test/onnx-file.ts'
import { HAS_REDIS, RedisServer } from '../scripts/redis-server.ts'
import { connect, disconnect, QUEUE, queueAddress } from '../src/queue/connection.ts'
import { chunkData } from '../src/queue/data.ts'
import { SharedFolder } from '../src/queue/folder.ts'
import { type QueueStatus, queueStatus } from '../src/queue/status.ts'
import { runId } from '../src/queue/submit.ts'
import { filesBelow, PLAIN, randomPicture, start, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()
if (!HAS_REDIS) console.warn('redis-server is not on the PATH: the tests of queues are skipped')
const NOWHERE = 'redis://127.0.0.1:1/0'
const words = (text: string): string => text.replaceAll(/\n\s*/g, ' ')

test('a queue is a Redis server and a database; its password is not shown', () => {
  expect(queueAddress('redis://host/0').shown).toBe('redis://host/0')
  expect(queueAddress('rediss://me:secret@host:7000/3').shown).toBe('rediss://host:7000/3')
  for (const text of ['host', 'http://host/0', 'redis://', 'redis://host/name', 'redis://host/0/1', ''])
    expect(() => queueAddress(text)).toThrow(/as in redis:\/\/host:6379\/0/)
})

test('a job of any random number has an id that is no number, which a queue would refuse', () => {
  for (const hex of ['12345678', '00000000', '99999999', 'ffffffff', '1e100000'])
    expect(runId(Buffer.from(hex, 'hex'))).toMatch(/^[a-f][0-9a-f]{7}$/)
  expect(runId(Buffer.from('12345678', 'hex'))).not.toBe(runId(Buffer.from('12345679', 'hex')))
})

test('where Redis is not there submit and status say so in a line, exit code 5, and nothing is written', async () => {
  await writePicture(at('alone/a.png'), randomPicture(3, 6, 6))
  const submitted = await weft(['submit', 'conv', at('alone'), '-o', at('alone-out'), '--kernel', 'blur', '--queue', NOWHERE])
  expect([submitted.code, words(submitted.stderr)]).toEqual([
    5,
    expect.stringMatching(/^weft: IO: cannot reach the queue redis:\/\/127\.0\.0\.1:1\/0: connect ECONNREFUSED \S+ ?$/),
  ])
  expect(existsSync(at('alone-out'))).toBe(false)
  expect((await weft(['status', '--queue', NOWHERE])).code).toBe(5)
  for (const args of [
    ['submit', 'conv', at('alone'), '-o', at('x'), '--kernel', 'blur'],
    ['worker'],
    ['status'],
    ['worker', '--queue', 'no'],
  ])
    expect([args, (await weft(args)).code]).toEqual([args, 2])
})

test('paths on the queue are below the shared folder, links followed', async () => {
  writeFileSync(at('shared/deep/a.png'), '')
  writeFileSync(at('elsewhere/secret.png'), '')
  symlinkSync(at('elsewhere'), at('shared/out-link'))
  symlinkSync(at('shared/deep'), at('shared/in-link'))
  symlinkSync(at('shared/deep/a.png'), at('shared/named.png'))
  const folder = await SharedFolder.at(at('shared'))
  expect(await folder.toQueue(at('shared/in-link/a.png'))).toBe('deep/a.png')
  expect(await folder.toQueue(at('shared/named.png'))).toBe('named.png')
  expect(await folder.toQueue(`${at('shared/w.safetensors')}:conv1.weight`)).toBe('w.safetensors:conv1.weight')
  expect(await folder.fromQueue('deep/a.png')).toBe(at('shared/deep/a.png'))
  expect(await folder.fromQueue('not/there/yet')).toBe(at('shared/not/there/yet').replace(/\/$/, ''))
  for (const path of [at('elsewhere/secret.png'), at('shared/out-link/secret.png'), at('shared/../elsewhere')])
    await expect(folder.toQueue(path)).rejects.toMatchObject({ code: 'OPTION' })
  for (const path of [
    '/etc/passwd',
    '../elsewhere/secret.png',
    'deep/../../elsewhere',
    'out-link/secret.png',
    'out-link',
    'a\0b',
  ])
    await expect(folder.fromQueue(path)).rejects.toMatchObject({ code: 'OPTION' })
  await expect(SharedFolder.at(at('absent').slice(0, -1))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

const CHUNK = {
  work: { command: 'conv', flags: { kernel: 'sobel', stride: [2, 1], padding: 'same', tier: 'auto' } },
  output: 'out',
  identity: 'ab'.repeat(32),
  shard: { index: 1, count: 2 },
  items: [{ path: 'in/a.npz', id: 'a.npz:x', part: { kind: 'entry', name: 'x' } }],
}

test.each([
  ['nothing', null],
  ['a work of another kind', { ...CHUNK, work: { command: 'exec', flags: {} } }],
  ['a flag that there is not', { ...CHUNK, work: { command: 'conv', flags: { kernel: 'blur', loader: './evil.mjs' } } }],
  ['a flag of one process', { ...CHUNK, work: { command: 'conv', flags: { kernel: 'blur', threads: 1e6 } } }],
  ['a value out of range', { ...CHUNK, work: { command: 'conv', flags: { weight: 'w.npy', groups: -1 } } }],
  ['a number that is text', { ...CHUNK, work: { command: 'conv', flags: { weight: 'w.npy', stride: '2' } } }],
  ['a run without a model', { ...CHUNK, work: { command: 'run', flags: {} } }],
  ['an identity that is none', { ...CHUNK, identity: 'x' }],
  ['a chunk that there is not', { ...CHUNK, shard: { index: 3, count: 2 } }],
  ['an item without a path', { ...CHUNK, items: [{ id: 'a' }] }],
  ['a part of no kind', { ...CHUNK, items: [{ path: 'a', id: 'a', part: { kind: 'code', name: 'x' } }] }],
  ['too many items', { ...CHUNK, items: Array(10_001).fill({ path: 'a', id: 'a' }) }],
  ['more than weft puts there', { ...CHUNK, script: 'rm -rf /' }],
])('the data of a job is refused for %s', (_, data) => {
  expect(chunkData(CHUNK)).toEqual(CHUNK)
  expect(() => chunkData(data)).toThrow(WeftError)
})

describe.runIf(HAS_REDIS)('on a Redis server', () => {
  let redis: RedisServer
  const started: ReturnType<typeof start>[] = []
  beforeAll(async () => {
    redis = await RedisServer.start()
    for (let index = 0; index < 20; index++) await writePicture(at(`in/${index}.png`), randomPicture(3, 40, 40, index))
    writeFileSync(at('in/broken.png'), 'no picture')
  })
  afterAll(async () => {
    for (const { child } of started) child.kill('SIGKILL')
    await redis.remove()
  })

  const submit = (args: string[], out: string) =>
    weft(['submit', ...args, '-o', at(out), '--queue', redis.url, '--folder', at('.'), '--tier', 'simd128'])

  function worker(): ReturnType<typeof start> {
    const one = start(['worker', '--queue', redis.url, '--folder', at('.'), '--threads', '1', '--lock', '5'])
    started.push(one)
    return one
  }

  async function until(holds: (status: QueueStatus) => boolean): Promise<QueueStatus> {
    for (;;) {
      const status = await queueStatus(queueAddress(redis.url))
      if (holds(status)) return status
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  test('convolutions and networks are what one run makes of them; a worker waits for Redis, and ends when it is told', async () => {
    writeFileSync(
      at('same.onnx'),
      onnxFile({
        inputs: [{ name: 'x', shape: [1, 3, 'h', 'w'] }],
        outputs: [{ name: 'y' }],
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      }),
    )
    const conv = ['conv', at('in'), '--kernel', 'sobel']
    const run = ['run', at('same.onnx'), at('in'), '--as', 'tensors']
    const [first, second] = [await submit([...conv, '--chunk', '5'], 'conv'), await submit(run, 'all.npz')]
    expect([first, second]).toMatchObject([
      { code: 0, stdout: expect.stringMatching(/^submitted \w{8}: 21 items in 5 chunks/), stderr: '' },
      { code: 0, stderr: '' },
    ])
    expect((await until(() => true)).waiting).toBe(6)

    await redis.halt()
    const { child, ended } = worker()
    await new Promise<void>((resolve) => child.stderr?.on('data', (text: string) => text.includes('waiting for it') && resolve()))
    await redis.begin()
    const status = await until(({ waiting, active, done }) => waiting + active === 0 && done === 8)
    expect([status.failed, status.jobs.map(({ state }) => state)]).toEqual([0, ['completed', 'completed']])
    expect(status.workers).toEqual([
      { name: expect.stringContaining(`-${child.pid}`), itemsPerSecond: expect.any(Number), at: [] },
    ])
    expect(status.workers[0].itemsPerSecond).toBeGreaterThan(0)
    const text = (await weft(['status', '--queue', redis.url])).stdout
    expect(text).toMatch(/: 0 waiting, 0 active, 0 failed, 8 done\n/)
    expect(text).toMatch(/job \w{8} to conv: 5 of 5 chunks done, 0 failed, completed\n/)
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([0, expect.stringContaining('failed FORMAT')])

    expect((await weft([...conv, '-o', at('whole'), ...PLAIN, '-q'])).code).toBe(1)
    expect((await weft([...run, '-o', at('whole.npz'), ...PLAIN, '-q'])).code).toBe(1)
    const names = filesBelow(at('whole'))
    expect(filesBelow(at('conv')).filter((name) => !name.startsWith('.weft/'))).toEqual(names)
    for (const name of names) expect(readFileSync(at(`conv/${name}`)).equals(readFileSync(at(`whole/${name}`)))).toBe(true)
    // One file for all is made once nothing fails any more.
    expect(existsSync(at('all.npz'))).toBe(false)
    const merged = JSON.parse((await weft(['merge', at('all.npz'), '--json'])).stdout)
    expect(merged).toMatchObject({ items: 21, missing: ['broken.png'], failed: ['broken.png'], doubled: [] })
  })

  test('submitted again only what failed is done, and one file for all comes of it', async () => {
    await writePicture(at('in/broken.png'), randomPicture(3, 40, 40, 99))
    const again = await submit(['run', at('same.onnx'), at('in'), '--as', 'tensors'], 'all.npz')
    expect([again.code, again.stderr]).toEqual([0, ''])
    const { child, ended } = worker()
    await until(({ jobs }) => jobs.length === 3 && jobs.every(({ state }) => state === 'completed'))
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    expect((await weft(['run', at('same.onnx'), at('in'), '--as', 'tensors', '-o', at('whole.npz'), ...PLAIN, '-q'])).code).toBe(
      0,
    )
    expect(readFileSync(at('all.npz')).equals(readFileSync(at('whole.npz')))).toBe(true)
    const other = await submit(['conv', at('in'), '--kernel', 'blur'], 'conv')
    writeFileSync(at('none.csv'), 'path\n')
    const none = await submit(['conv', at('none.csv'), '--kernel', 'blur'], 'no-items')
    expect([none.code, words(none.stderr)]).toEqual([3, expect.stringMatching(/list of inputs is empty: there is nothing to/)])
    expect([other.code, words(other.stderr)]).toEqual([2, expect.stringMatching(/holds the results of another job/)])
  })

  test('a chunk that asks for another folder, or for what the worker would not do, is given up with the reason', async () => {
    const { Queue } = await import('bullmq')
    const connection = await connect(queueAddress(redis.url))
    const queue = new Queue(QUEUE, { connection })
    await queue.add('chunk', { ...CHUNK, output: '../../etc' })
    await queue.add('chunk', { ...CHUNK, items: [] })
    await queue.add('chunk', { command: 'touch /tmp/x' })
    const { child, ended } = worker()
    const { failures } = await until(({ failed }) => failed === 3)
    child.kill('SIGTERM')
    await ended
    await queue.close()
    await disconnect(connection)
    expect(failures.map(({ reason }) => reason).sort()).toEqual([
      expect.stringMatching(/^OPTION: another job was submitted than this worker would do/),
      expect.stringMatching(/^OPTION: the data of the job is not weft's: /),
      expect.stringMatching(/^OPTION: the job has a path that leads out of the shared folder: "\.\.\/\.\.\/etc"/),
    ])
  })

  test('workers that are killed again and again lose nothing and double nothing', { timeout: 180_000 }, () => {
    const script = join(import.meta.dirname, '../scripts/queue.ts')
    const args = ['--seconds', '4', '--items', '45', '--chunk', '15', '--output', 'npz']
    const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=@weft/source', script, ...args], { encoding: 'utf8' })
    expect(stdout + stderr).toMatch(/\d+ kills, \d+ chunks taken up again: outputs byte-identical, every item done once\n$/)
  })
})
