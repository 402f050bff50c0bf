// Ctrl-C and SIGTERM in the middle: what is under way is finished, nothing is torn, nothing temporary stays.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readImage } from '@weft/io'
import { beforeAll, expect, test } from 'vitest'
import { filesBelow, jsonLines, randomPicture, start, temporaryFolder, writePicture } from './helpers.ts'

const at = temporaryFolder()
const ITEMS = 300

beforeAll(async () => {
  mkdirSync(at('in'), { recursive: true })
  for (let index = 0; index < ITEMS; index++)
    await writePicture(at(`in/${index}.png`), randomPicture(3, 160, 200 + (index % 20), index))
})

/** Starts a long run and calls `then` once the first item is done. */
async function interrupted(
  out: string,
  then: (kill: (signal: NodeJS.Signals) => void) => void,
): ReturnType<typeof start>['ended'] {
  const { child, ended } = start(['conv', at('in'), '-o', out, '--kernel', 'sobel', '--json', '--threads', '2'])
  child.stdout?.once('data', () => then((signal) => child.kill(signal)))
  return await ended
}

async function expectWhole(out: string): Promise<string[]> {
  const files = filesBelow(out)
  expect(files.filter((name) => !/^\d+\.png$/.test(name))).toEqual([])
  for (const name of files) expect((await readImage(join(out, name))).shape[1]).toBe(160)
  return files
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s finishes what is under way, exit code %i', async (signal, exitCode) => {
  const out = at(`out-${signal}`)
  const { code, stdout, stderr } = await interrupted(out, (kill) => kill(signal))
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
  const out = at('out-twice')
  const { code, stderr } = await interrupted(out, (kill) => {
    kill('SIGINT')
    setTimeout(() => kill('SIGINT'), 15)
  })
  expect([code, stderr.includes('stopping')]).toEqual([130, true])
  expect((await expectWhole(out)).length).toBeLessThan(ITEMS)
})
