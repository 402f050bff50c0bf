// `--log json`: every event is one line of JSON on standard error, and there is nothing else.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, PLAIN, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()
const FAULTS = resolve(import.meta.dirname, '../scripts/fault.ts')

test('a run is a start, an engine, a line an item, and an end', async () => {
  await writePicture(at('in/a.png'), randomPicture(3, 6, 6))
  writeFileSync(at('in/b\n.png'), 'no picture')
  const args = ['conv', at('in'), '-o', at('out'), '--kernel', 'blur', ...PLAIN, '--log', 'json']
  const { code, stdout, stderr } = await weft(args)
  expect([code, stdout]).toEqual([1, ''])
  const [start, engine, ...rest] = jsonLines(stderr)
  expect(start).toMatchObject({ level: 'info', name: 'weft', event: 'run.started', work: 'blur', items: 2, output: at('out') })
  expect(new Date(start.time as string).getTime()).toBeGreaterThan(Date.now() - 60_000)
  expect(engine).toMatchObject({ level: 'info', event: 'engine.opened', tier: 'simd128', threads: 1, skipped: 0 })
  const end = rest.pop()
  const [done, failed] = rest.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
  expect(done).toMatchObject({ level: 'info', event: 'item.done', id: 'a.png', output: at('out/a.png'), ms: expect.any(Number) })
  expect(failed).toMatchObject({ level: 'error', event: 'item.failed', id: 'b\n.png', retryable: false })
  expect(failed.err).toEqual({ code: 'FORMAT', message: expect.stringMatching(/it is not a PNG/) })
  expect(end).toMatchObject({ level: 'error', event: 'run.ended', exitCode: 1, items: 2, done: 1, failed: 1, left: 0 })
  expect(new Set([start, engine, ...rest, end].map((line) => line?.run)).size).toBe(1)
  const again = jsonLines((await weft([...args, '--json'])).stderr)
  expect(again.map(({ event }) => event)).toEqual(['run.started', 'engine.opened', 'item.failed', 'run.ended'])
})

test('an item that is tried again is a warning', async () => {
  await writePicture(at('one/a.png'), randomPicture(3, 6, 6))
  const args = ['conv', at('one'), '-o', at('retried'), '--kernel', 'blur', ...PLAIN, '--log', 'json', '--retries', '1']
  const { code, stderr } = await weft(args, undefined, { WEFT_FAULT: 'read:1', NODE_OPTIONS: `--import=${FAULTS}` })
  const lines = jsonLines(stderr).filter(({ event }) => String(event).startsWith('item.'))
  expect([code, lines.map(({ level, event }) => `${level} ${event}`)]).toEqual([5, ['warn item.retried', 'error item.failed']])
  expect(lines[0]).toMatchObject({ id: 'a.png', pauseMs: 500, err: { code: 'IO' } })
})

test('an error that ends the command is a line too', async () => {
  const { code, stderr } = await weft(['conv', at('gone'), '-o', at('none'), '--kernel', 'blur', '--log', 'json'])
  expect([code, jsonLines(stderr)]).toMatchObject([
    3,
    [{ level: 'fatal', event: 'run.ended', exitCode: 3, err: { code: 'NOT_FOUND' } }],
  ])
})
