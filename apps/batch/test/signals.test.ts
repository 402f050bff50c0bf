// Ctrl-C and SIGTERM in the middle: what is under way is finished, nothing is torn, nothing temporary stays.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readImage } from '@weft/io'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { Stop } from '../src/stop.ts'
import { filesBelow, jsonLines, randomPicture, start, temporaryFolder, writePicture } from './helpers.ts'

const at = temporaryFolder()
const ITEMS = 300

beforeAll(async () => {
  mkdirSync(at('in'), { recursive: true })
  for (let index = 0; index < ITEMS; index++)
    await writePicture(at(`in/${index}.png`), randomPicture(3, 160, 200 + (index % 20), index))
})

/** Starts a long run over the folder `pictures` and calls `then` once the first item is done. */
async function interrupted(
  pictures: string,
  out: string,
  then: (kill: (signal: NodeJS.Signals) => void) => void,
): ReturnType<typeof start>['ended'] {
  const { child, ended } = start(['conv', pictures, '-o', out, '--kernel', 'sobel', '--json', '--threads', '2'])
  child.stdout?.once('data', () => then((signal) => child.kill(signal)))
  return await ended
}

async function expectWhole(out: string, height = 160): Promise<string[]> {
  const files = filesBelow(out)
  expect(files.filter((name) => !/^\d+\.png$/.test(name))).toEqual([])
  for (const name of files) expect((await readImage(join(out, name))).shape[1]).toBe(height)
  return files
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s finishes what is under way, exit code %i', async (signal, exitCode) => {
  const out = at(`out-${signal}`)
  const { code, stdout, stderr } = await interrupted(at('in'), out, (kill) => kill(signal))
  expect(code).toBe(exitCode)
  expect(stderr).toMatch(/^stopping: \d items? under way will be finished/)
  const lines = jsonLines(stdout)
  const done = lines.filter(({ type }) => type === 'item')
  const files = await expectWhole(out)
  expect(done.length).toBeLessThan(ITEMS)
  expect(done.map(({ output }) => String(output).slice(out.length + 1)).sort()).toEqual([...files].sort())
  expect(lines.at(-1)).toMatchObject({ type: 'summary', items: ITEMS, done: files.length, failed: 0, exitCode })
})

test('a second signal ends at once and leaves nothing torn or temporary', async () => {
  // Pictures that take far longer than the time between the signals, so that it comes in the middle of them.
  const height = 2000
  mkdirSync(at('large'))
  await writePicture(at('large/0.png'), randomPicture(3, height, 2000))
  for (let index = 1; index < 12; index++) copyFileSync(at('large/0.png'), at(`large/${index}.png`))
  const out = at('out-twice')
  const { code, stderr } = await interrupted(at('large'), out, (kill) => {
    kill('SIGINT')
    setTimeout(() => kill('SIGINT'), 15)
  })
  expect([code, stderr.includes('stopping')]).toEqual([130, true])
  expect((await expectWhole(out, height)).length).toBeLessThan(12)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a second %s that comes while the command is closing has its exit code too', async (signal, exitCode) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  const others = process.listeners(signal)
  const stop = new Stop(() => {})
  const added = process.listeners(signal).filter((listener) => !others.includes(listener))
  onTestFinished(() => {
    exit.mockRestore()
    for (const each of ['SIGINT', 'SIGTERM'] as const) for (const listener of added) process.off(each, listener)
  })
  for (const listener of added) listener(signal)
  stop.ignore()
  const left = process.listeners(signal).filter((listener) => !others.includes(listener))
  expect(exit).not.toHaveBeenCalled()
  for (const listener of left) listener(signal)
  await vi.waitFor(() => expect(exit.mock.calls).toEqual([[exitCode]]))
})
