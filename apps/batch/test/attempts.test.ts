// Trying again, giving up in time, and which ends make a run worth starting again.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { WeftError } from '@weft/core'
import { beforeEach, expect, test } from 'vitest'
import { Attempts, pause, pauseBefore } from '../src/attempts.ts'
import { exitCodeAfter, exitCodeOf } from '../src/exit-codes.ts'
import { isFull, isRetryable } from '../src/failure.ts'
import { Fingerprints, readWhole } from '../src/fingerprint.ts'
import type { Line } from '../src/item.ts'
import type { Placed } from '../src/ledger/records.ts'
import type { Item } from '../src/outputs.ts'
import { Gate } from '../src/pool.ts'
import { Reader } from '../src/sources/read.ts'
import type { Hands } from '../src/work.ts'
import { randomPicture, temporaryFolder, writePicture } from './helpers.ts'

const at = temporaryFolder()
const item: Item = { path: at('x'), real: at('x'), id: 'x', picture: false, output: at('y'), below: 'y' }
beforeEach(() => writeFileSync(at('x'), 'x'))

function lineOf(process: (hands: Hands) => Promise<void>, cleared: string[] = []): Line {
  const station = {
    process: async (_: unknown, hands: Hands) => {
      await process(hands)
      await hands.write(undefined as never)
      return {}
    },
    clear: async () => void cleared.push('cleared'),
  }
  const sink = {
    encode: async () => ({ pieces: [] }),
    put: async () => ({ output: 'y', bytes: 0, hash: '' }),
    holds: async () => false,
    begin: async () => {},
    close: async () => {},
  }
  return { station, sink, fingerprints: new Fingerprints(), reader: new Reader([]) }
}

test('a worker that died or memory that was short is tried once more, alone', async () => {
  for (const code of ['WORKER', 'MEMORY'] as const) {
    let [times, cleared]: [number, string[]] = [0, []]
    const failing = (most: number) => async () => {
      if (++times <= most) throw new WeftError(code, 'no')
    }
    expect((await new Attempts(lineOf(failing(1), cleared), new Gate(), undefined).once(item)).result.ok).toBe(true)
    expect([times, cleared]).toEqual([2, ['cleared']])
    times = 0
    const twice = await new Attempts(lineOf(failing(2)), new Gate(), undefined).once(item)
    expect([times, twice.result]).toMatchObject([2, { ok: false, code, retryable: code === 'WORKER' }])
  }
})

test('an item that hangs is given up in time, told by its signal, and its late result is not written', async () => {
  let aborted = false
  let end: () => void = () => {}
  const hanging = async ({ signal }: Hands): Promise<void> => {
    signal.addEventListener('abort', () => {
      aborted = true
    })
    await new Promise<void>((resolve) => {
      end = resolve
    })
  }
  const line = lineOf(hanging)
  let written = 0
  const put = async (): Promise<Placed> => {
    written++
    return { output: '', bytes: 0, hash: '' }
  }
  const attempts = new Attempts({ ...line, sink: { ...line.sink, put } }, new Gate(), 20)
  const { result } = await attempts.once(item)
  expect(result).toMatchObject({
    ok: false,
    code: 'TIMEOUT',
    retryable: true,
    message: expect.stringMatching(/longer than 0\.02 s/),
  })
  expect([aborted, attempts.abandoned.size]).toEqual([true, 1])
  end()
  await wait(20)
  expect([written, attempts.abandoned.size]).toEqual([0, 0])
})

test('an input that changes while it is read is not taken for what it was', async () => {
  const changing = async (): Promise<void> => writeFileSync(at('x'), 'longer')
  const { result } = await new Attempts(lineOf(changing), new Gate(), undefined).once(item)
  expect(result).toMatchObject({ ok: false, code: 'IO', message: expect.stringMatching(/changed while it was read/) })
})

test('a picture is known by the bytes that it was decoded from, though another takes its place meanwhile', async () => {
  const path = at('p.png')
  const picture = { ...item, path, real: path, picture: true }
  await writePicture(path, randomPicture(3, 4, 5))
  const before = createHash('sha256').update(readFileSync(path)).digest('hex')
  let shape: readonly number[] = []
  const replacing = async ({ read }: Hands): Promise<void> => {
    writeFileSync(path, 'no picture')
    shape = (await read({ channels: 'rgb', into: (size) => new Float32Array(size.reduce((a, b) => a * b)) })).shape
  }
  const { result } = await new Attempts(lineOf(replacing), new Gate(), undefined).once(picture)
  expect(result).toMatchObject({ ok: true, input: { hash: before } })
  expect(shape).toEqual([3, 4, 5])
})

test('a file is read whole where it is small enough, a folder is refused, and one that is not there is named', async () => {
  expect(await readWhole(at('x'), 1)).toMatchObject({ input: { bytes: 1 }, bytes: Buffer.from('x') })
  expect(await readWhole(at('x'), 0)).toBe(null)
  await expect(readWhole(at('.'), 1)).rejects.toMatchObject({ code: 'IO', message: expect.stringMatching(/regular file/) })
  await expect(readWhole(at('none'), 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('pauses double up to half a minute, and end when the run does', async () => {
  expect([0, 1, 2, 5, 6, 100].map(pauseBefore)).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000])
  const stop = new AbortController()
  const paused = pause(1e6, stop.signal)
  stop.abort()
  await paused
})

const system = (code: string): Error => new WeftError('IO', 'no', {}, { cause: Object.assign(new Error('no'), { code }) })

test('what may pass is told from what will not', () => {
  for (const code of ['ENOSPC', 'EIO', 'EMFILE', 'ESTALE']) expect(isRetryable(system(code))).toBe(true)
  for (const code of ['EACCES', 'EISDIR', 'ENOENT']) expect(isRetryable(system(code))).toBe(false)
  for (const code of ['WORKER', 'TIMEOUT', 'BUSY'] as const) expect(isRetryable(new WeftError(code, ''))).toBe(true)
  for (const code of ['FORMAT', 'SHAPE', 'MEMORY', 'NOT_FOUND'] as const) expect(isRetryable(new WeftError(code, ''))).toBe(false)
  expect([isFull(system('ENOSPC')), isFull(system('EDQUOT')), isFull(system('EIO'))]).toEqual([true, true, false])
})

test('each kind of end has its exit code', () => {
  const after = (failed: number, retryable: number, reason: Parameters<typeof exitCodeAfter>[1] = null): number =>
    exitCodeAfter({ failed, retryable }, reason)
  expect([after(0, 0), after(3, 0), after(3, 1), after(3, 0, 'failures'), after(1, 1, 'failures')]).toEqual([0, 1, 5, 1, 5])
  expect([after(0, 0, 'full'), after(3, 3, 'time'), after(0, 0, 'SIGINT'), after(2, 2, 'SIGTERM')]).toEqual([5, 10, 130, 143])
  const before = [
    new WeftError('OPTION', ''),
    new WeftError('NOT_FOUND', ''),
    new WeftError('BUSY', ''),
    system('ENOSPC'),
    new WeftError('INTERNAL', ''),
    new Error(''),
  ]
  expect(before.map(exitCodeOf)).toEqual([2, 3, 5, 5, 7, 7])
})
