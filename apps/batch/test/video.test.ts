// Videos as sources: frames become items with stable ids, chosen by flags; what ffmpeg does or fails to do is told by the item.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readImage } from '@weft/io'
import { beforeAll, describe, expect, test } from 'vitest'
import { findInputs } from '../src/sources/find.ts'
import { stemOf } from '../src/sources/inputs.ts'
import {
  distance,
  type Ended,
  filesBelow,
  jsonLines,
  PLAIN,
  randomPicture,
  temporaryFolder,
  weft,
  writePicture,
} from './helpers.ts'

const at = temporaryFolder()
const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((tool) => spawnSync(tool, ['-version']).status === 0)
if (!hasFfmpeg) console.warn('ffmpeg is not on the PATH: the tests of videos are skipped')

const ffmpeg = (...args: string[]): unknown =>
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], { stdio: 'pipe' })

/** The command on sources, keeping pictures as they are. */
const run = (sources: string[], out: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  weft(['conv', ...sources, '-o', out, '--kernel', 'identity', ...flags, ...PLAIN], at('.'), env)

const ids = async (source: string, range = {}): Promise<string[]> =>
  (await findInputs([source], { except: at('out'), range })).map(({ id, problem }) => `${id}${problem ? ` ${problem.code}` : ''}`)

test('the result of a frame is below the name of its video', () => {
  expect(['deep/a.b.mp4#250', 'clip.MKV#3', 'clip.mp4'].map(stemOf)).toEqual(['deep/a.b/000250', 'clip/000003', 'clip.mp4'])
})

test('without ffmpeg a video fails with the word to install it, and the pictures beside it are done', async () => {
  await writePicture(at('mixed/a.png'), randomPicture(3, 6, 6))
  writeFileSync(at('mixed/b.mp4'), 'no video')
  const { code, stderr } = await run(['mixed'], 'mixed-out', [], { PATH: at('nothing') })
  expect([code, filesBelow(at('mixed-out'))]).toEqual([1, ['a.png']])
  expect(stderr).toMatch(/^failed NOT_FOUND mixed\/b\.mp4: ffprobe is not on the PATH.*install ffmpeg/m)
})

describe.skipIf(!hasFfmpeg)('a video', () => {
  beforeAll(() => {
    ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=48x32:rate=10:duration=4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('clip.mp4'))
    ffmpeg('-i', at('clip.mp4'), '-fps_mode', 'passthrough', at('frame-%d.png'))
  })

  test('gives the frames that ffmpeg writes as pictures, each under its number, and goes on where it was', async () => {
    const { code, stderr } = await run(['clip.mp4'], 'out', ['--every', '13'])
    expect([code, stderr]).toEqual([0, ''])
    expect(filesBelow(at('out'))).toEqual(['clip/000000.png', 'clip/000013.png', 'clip/000026.png', 'clip/000039.png'])
    for (const index of [0, 13, 26, 39]) {
      const [a, b] = [at(`out/clip/0000${String(index).padStart(2, '0')}.png`), at(`frame-${index + 1}.png`)]
      expect(distance((await readImage(a)).data, (await readImage(b)).data), `frame ${index}`).toBe(0)
    }
    const again = await run(['clip.mp4'], 'out', ['--every', '13', '--from', '1', '--to', '3', '--json', '-q'])
    // 10 and 23: neither was done. They are told as they end, in whatever order.
    const lines = jsonLines(again.stdout)
    expect(lines.map(({ id }) => id ?? 'all').sort()).toEqual(['all', 'clip.mp4#10', 'clip.mp4#23'])
    expect(lines.at(-1)).toMatchObject({ skipped: 0, done: 2 })
    expect(jsonLines((await run(['clip.mp4'], 'out', ['--every', '13', '--json'])).stdout)).toMatchObject([{ skipped: 4 }])
  })

  test('is cut by seconds, and single frames are named by a number', async () => {
    expect(await ids(at('clip.mp4'), { from: 3.8 })).toEqual(['clip.mp4#38', 'clip.mp4#39'])
    expect(await ids(at('clip.mp4'), { from: 0.5, to: 1, every: 2 })).toEqual(['clip.mp4#5', 'clip.mp4#7', 'clip.mp4#9'])
    expect(await ids(`${at('clip.mp4')}#7`)).toEqual(['clip.mp4#7'])
    await expect(ids(at('clip.mp4'), { from: 4 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await run(['clip.mp4'], 'none', ['--from', '2', '--to', '2'])).code).toBe(2)
    writeFileSync(
      at('list.jsonl'),
      '{"path":"clip.mp4#7","id":"seven"}\n{"path":"clip.mp4#999"}\n{"path":"clip.mp4","id":"all"}\n',
    )
    const { code, stderr } = await run(['list.jsonl'], 'listed')
    expect([code, filesBelow(at('listed'))]).toEqual([1, ['seven.png']])
    expect(stderr).toMatch(/^failed FORMAT clip\.mp4#999: the video has no such frame$/m)
    expect(stderr).toMatch(/^failed OPTION clip\.mp4 holds many frames: name one, clip\.mp4#0/m)
  })

  test('that is cut short gives the frames that are there, and fails by itself', async () => {
    ffmpeg('-i', at('clip.mp4'), '-c', 'copy', at('short.mkv'))
    const bytes = readFileSync(at('short.mkv'))
    writeFileSync(at('short.mkv'), bytes.subarray(0, Math.floor(bytes.length * 0.7)))
    const found = await ids(at('short.mkv'))
    expect([found[0], found.at(-1), found.length < 40]).toEqual(['short.mkv#0', 'short.mkv FORMAT', true])
    const { code, stderr } = await run(['short.mkv'], 'short', ['--from', '0', '--to', '0.5'])
    expect([code, filesBelow(at('short')).length]).toEqual([1, 5])
    expect(stderr).toMatch(/failed FORMAT .*short\.mkv: it is damaged or cut short, \d+ frames are there/)
  })

  test('whose frames are larger than allowed is refused before any is decoded', async () => {
    const { code, stderr } = await run(['clip.mp4'], 'large', ['--max-pixels', '1535'])
    expect([code, stderr]).toEqual([1, expect.stringMatching(/failed TOO_LARGE .*48 x 32 pixels; the limit is 1535/)])
  })

  test.skipIf(process.platform === 'win32')(
    'whose ffmpeg is killed each time fails retryably, and is done when started again',
    async () => {
      await writePicture(at('deadly/a.png'), randomPicture(3, 6, 6))
      writeFileSync(at('deadly/b.mp4'), readFileSync(at('clip.mp4')))
      writeFileSync(at('bin/ffmpeg'), '#!/bin/sh\nkill -9 $$\n')
      chmodSync(at('bin/ffmpeg'), 0o755)
      const flags = ['--every', '20', '--json']
      const killed = await run(['deadly'], 'deadly-out', flags, { PATH: `${at('bin')}:${process.env.PATH}` })
      expect([killed.code, filesBelow(at('deadly-out'))]).toEqual([5, ['a.png']])
      expect(jsonLines(killed.stdout).find(({ id }) => id === 'b.mp4#20')).toMatchObject({
        ok: false,
        code: 'WORKER',
        retryable: true,
      })
      const again = await run(['deadly'], 'deadly-out', flags)
      expect([again.code, filesBelow(at('deadly-out'))]).toEqual([0, ['a.png', join('b', '000000.png'), join('b', '000020.png')]])
    },
  )
})
