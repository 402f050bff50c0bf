// Frames of videos: the ones that ffmpeg itself writes as pictures, in whatever order they are asked for, and no more than was asked.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { framesWithin, isVideo, listFrames, readImage, type VideoFrame, VideoFrames } from '@weft/io'
import { beforeAll, describe, expect, test } from 'vitest'
import { Ffmpeg } from '../src/ffmpeg.ts'
import { nextStretch } from '../src/video-runs.ts'
import { expectError, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()
const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((tool) => spawnSync(tool, ['-version']).status === 0)
if (!hasFfmpeg) console.warn('ffmpeg is not on the PATH: the tests of videos are skipped')

const FRAMES = 40
const ffmpeg = (...args: string[]): unknown =>
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], { stdio: 'pipe' })

/** The process ids of what this one started. */
const children = (): string => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim()

/** Name, and how it is encoded: with and without frames between others, times that are told, wrong, or not told at all. */
const VIDEOS: readonly (readonly [name: string, encoding: readonly string[]])[] = [
  ['h264.mp4', ['-c:v', 'libx264', '-x264-params', 'keyint=12:open-gop=1:bframes=3']],
  ['h264.mkv', ['-c:v', 'libx264', '-g', '12']],
  ['mjpeg.mov', ['-c:v', 'mjpeg']],
  ['mpeg4.avi', ['-c:v', 'mpeg4', '-bf', '2', '-g', '12']],
  ['vp8.webm', ['-c:v', 'libvpx', '-b:v', '200k', '-auto-alt-ref', '1']],
  ['mpeg2.mpg', ['-c:v', 'mpeg2video', '-bf', '2', '-g', '12']],
]

const digest = (data: Float32Array): string => createHash('sha256').update(data).digest('hex')

/** Of each frame the hash of its numbers, or its error. */
async function pictures(path: string, frames: readonly VideoFrame[], wanted = frames): Promise<string[]> {
  const video = new VideoFrames(path, wanted)
  const read = await Promise.allSettled(frames.map((frame) => video.read(frame, {})))
  await video.close()
  return read.map((one) => (one.status === 'fulfilled' ? digest(one.value.data) : `${one.reason.code}: ${one.reason.message}`))
}

describe.skipIf(!hasFfmpeg)('a video', () => {
  beforeAll(() => {
    const source = ['-f', 'lavfi', '-i', `testsrc=size=64x48:rate=20:duration=${FRAMES / 20}`, '-pix_fmt', 'yuv420p']
    ffmpeg(...source, '-c:v', 'ffv1', at('source.mkv'))
    for (const [name, encoding] of VIDEOS) ffmpeg('-i', at('source.mkv'), ...encoding, '-pix_fmt', 'yuv420p', at(name))
  })

  test.each(VIDEOS)('%s: every frame is what ffmpeg writes as png', { timeout: 60_000 }, async (name) => {
    const { frames, damage } = await listFrames(at(name))
    expect([frames.length, damage]).toEqual([FRAMES, null])
    ffmpeg('-i', at(name), '-fps_mode', 'passthrough', at(`${name}-%03d.png`))
    const found = await pictures(at(name), frames)
    for (const index of frames.keys()) {
      const { data } = await readImage(at(`${name}-${String(index + 1).padStart(3, '0')}.png`))
      expect(found[index], `frame ${index}`).toBe(digest(data))
    }
    // By seeking, each on its own, the last first.
    for (const index of [39, 25, 24, 23, 12, 11, 1, 0]) expect(await pictures(at(name), [frames[index]])).toEqual([found[index]])
  })

  test('gives frames in whatever order they are asked for, again too, and gray or with full opacity', async () => {
    const { frames } = await listFrames(at('h264.mp4'))
    const inOrder = await pictures(at('h264.mp4'), frames)
    const order = [5, 4, 30, 6, 39, 0, 31]
    const mixed = await pictures(
      at('h264.mp4'),
      order.map((index) => frames[index]),
      frames,
    )
    expect(mixed).toEqual(order.map((index) => inOrder[index]))
    const video = new VideoFrames(at('h264.mp4'), frames)
    const first = await video.read(frames[3], { channels: 'gray' })
    const again = await video.read(frames[3], { channels: 'rgba' })
    await video.close()
    expect([first.shape, again.shape, again.at(3).data.every((one) => one === 1)]).toEqual([[1, 48, 64], [4, 48, 64], true])
    expect(digest(again.data.slice(0, 3 * 48 * 64))).toEqual(inOrder[3])
  })

  test('waits for whoever reads it, and ends when it is closed', async () => {
    const { frames } = await listFrames(at('mjpeg.mov'))
    const video = new VideoFrames(at('mjpeg.mov'), frames)
    await video.read(frames[0], {})
    if (process.platform === 'linux') expect(children()).not.toBe('')
    const pending = video.read(frames[39], {})
    const closed = expectError(pending, 'CLOSED')
    await video.close()
    await closed
    if (process.platform === 'linux') expect(children()).toBe('')
  })

  test.runIf(process.platform === 'linux')(
    'whose ffmpeg is killed fails what was asked for, and the next reading works',
    async () => {
      const { frames } = await listFrames(at('mjpeg.mov'))
      const video = new VideoFrames(at('mjpeg.mov'), frames)
      await video.read(frames[0], {})
      process.kill(Number(children()), 'SIGSTOP')
      const pending = expectError(video.read(frames[39], {}), 'WORKER', /ffmpeg was ended by SIGKILL/)
      process.kill(Number(children()), 'SIGKILL')
      await pending
      expect((await video.read(frames[39], {})).shape).toEqual([3, 48, 64])
      await video.close()
    },
  )

  test.runIf(process.platform === 'linux')('whose ffmpeg says nothing any more is not waited for', async () => {
    const { frames } = await listFrames(at('mjpeg.mov'))
    // Longer than ffmpeg takes to start on a busy machine: the last read starts it anew.
    const video = new VideoFrames(at('mjpeg.mov'), frames, { stallMs: 3000 })
    await video.read(frames[0], {})
    process.kill(Number(children()), 'SIGSTOP')
    const rest = await Promise.allSettled(frames.slice(1).map((frame) => video.read(frame, {})))
    expect(rest.some((one) => one.status === 'rejected' && one.reason.code === 'WORKER')).toBe(true)
    expect((await video.read(frames[39], {})).shape).toEqual([3, 48, 64])
    await video.close()
    expect(children()).toBe('')
  })

  test('has a range: from and to in seconds, every n-th', async () => {
    const { frames } = await listFrames(at('h264.mkv'))
    const chosen = (range: Parameters<typeof framesWithin>[1]): number[] => framesWithin(frames, range).map(({ index }) => index)
    expect(chosen({ every: 15 })).toEqual([0, 15, 30])
    expect(chosen({ from: 1.5, every: 4 })).toEqual([30, 34, 38])
    expect(chosen({ from: 0.5, to: 0.6 })).toEqual([10, 11])
    expect(chosen({ from: 2 })).toEqual([])
  })

  test('is never an option, an address or a pattern, whatever it is called', async () => {
    for (const name of ['-y.mkv', 'http:__x.mkv', 'concat:a|b.mkv', '%03d.mkv', "it's; $(id).mkv", 'a b\n.mkv']) {
      renameSync(at('h264.mkv'), at(name))
      const work = process.cwd()
      process.chdir(at('.'))
      try {
        const { frames } = await listFrames(name)
        const [picture] = await pictures(name, frames.slice(0, 1))
        expect([name, frames.length, picture]).toEqual([name, FRAMES, expect.stringMatching(/^[0-9a-f]{64}$/)])
      } finally {
        process.chdir(work)
        renameSync(at(name), at('h264.mkv'))
      }
    }
  })

  test('names no other file: playlists and scripts are no videos', async () => {
    writeFileSync(at('list.mp4'), "ffconcat version 1.0\nfile 'h264.mkv'\n")
    writeFileSync(at('play.mp4'), '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nh264.mkv\n#EXT-X-ENDLIST\n')
    for (const name of ['list.mp4', 'play.mp4'])
      await expectError(listFrames(at(name)), 'FORMAT', /is no video that ffmpeg reads|has no video track/)
  })

  test('that is larger than allowed is refused before it is decoded', async () => {
    const { frames } = await listFrames(at('h264.mp4'))
    const video = new VideoFrames(at('h264.mp4'), frames, { maxPixels: 64 * 48 - 1 })
    await expectError(video.read(frames[0], {}), 'TOO_LARGE', /64 x 48 pixels; the limit is 3071/)
    const small = { ...frames[0], track: { ...frames[0].track, width: 1 } }
    await expectError(video.read(small, {}), 'FORMAT', /cannot be decoded/)
    await video.close()
  })

  test('that is cut short gives the frames that are there, and says so', async () => {
    for (const name of ['h264.mkv', 'mpeg4.avi', 'vp8.webm']) {
      const whole = readFileSync(at(name))
      writeFileSync(at(`cut-${name}`), whole.subarray(0, Math.floor(whole.length * 0.6)))
      const { frames, damage } = await listFrames(at(`cut-${name}`))
      expect([name, frames.length > 5, frames.length < FRAMES, damage]).toEqual([name, true, true, expect.any(String)])
      const found = await pictures(at(`cut-${name}`), frames)
      const { frames: all } = await listFrames(at(name))
      const sound = await pictures(at(name), all.slice(0, 5))
      expect(found.slice(0, 5)).toEqual(sound)
      for (const one of found) expect(one).toMatch(/^[0-9a-f]{64}$|^FORMAT: .*#\d+: it cannot be decoded/)
    }
  })

  test('that is damaged in the middle loses frames there and no others', { timeout: 60_000 }, async () => {
    for (const name of ['h264.mp4', 'mjpeg.mov', 'mpeg4.avi']) {
      const bytes = readFileSync(at(name))
      const middle = Math.floor(bytes.length * 0.6)
      for (let index = 0; index < 60; index++) bytes[middle + index] = (index * 89) & 255
      writeFileSync(at(`bad-${name}`), bytes)
      const { frames } = await listFrames(at(`bad-${name}`))
      const [found, sound] = [
        await pictures(at(`bad-${name}`), frames),
        await pictures(at(name), (await listFrames(at(name))).frames),
      ]
      expect([name, found.length]).toEqual([name, FRAMES])
      // One ffmpeg or another crashes on a broken stream of MPEG-4.
      for (const one of found) expect(one).toMatch(/^[0-9a-f]{64}$|^FORMAT: .*#\d+: it cannot be decoded/)
      if (name === 'mpeg4.avi') continue
      // The last group of frames begins anew.
      for (let index = 36; index < FRAMES; index++) expect(found[index], `${name} ${index}`).toEqual(sound[index])
      expect(found.slice(0, 5)).toEqual(sound.slice(0, 5))
    }
  })

  test('whose container is damaged says that frames are missing', async () => {
    const bytes = readFileSync(at('h264.mkv'))
    bytes.fill(0x5a, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.5))
    writeFileSync(at('hole.mkv'), bytes)
    const { frames, damage } = await listFrames(at('hole.mkv'))
    expect([frames.length < FRAMES, damage]).toEqual([true, expect.any(String)])
  })

  test('that is none, or not there, is named', async () => {
    writeFileSync(at('text.mp4'), 'no video')
    writeFileSync(at('empty.mp4'), '')
    ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', at('sound.mp4'))
    for (const name of ['text.mp4', 'empty.mp4', 'sound.mp4']) await expectError(listFrames(at(name)), 'FORMAT', /ffmpeg reads/)
    await expectError(listFrames(at('gone.mp4')), 'NOT_FOUND')
    await expectError(listFrames(at('.')), 'IO')
  })
})

test('without ffmpeg a sentence says what to install', async () => {
  writeFileSync(at('any.mp4'), 'no video')
  const { PATH } = process.env
  process.env.PATH = join(at('.'), 'nothing')
  try {
    await expectError(listFrames(at('any.mp4')), 'NOT_FOUND', /ffprobe is not on the PATH.* install ffmpeg/)
  } finally {
    process.env.PATH = PATH
  }
})

test.skipIf(process.platform === 'win32')(
  'an ffmpeg that fails is told by its code, and one that never ends is ended with its own',
  async () => {
    writeFileSync(at('ffprobe'), '#!/bin/sh\nexit 3\n')
    chmodSync(at('ffprobe'), 0o755)
    const { PATH } = process.env
    process.env.PATH = `${at('.')}:${PATH}`
    try {
      await expectError(listFrames(at('any.mp4')), 'FORMAT', /ffprobe ended with exit code 3|no video that ffmpeg reads/)
      writeFileSync(at('ffprobe'), '#!/bin/sh\nsleep 1000\n')
      const hung = new Ffmpeg('ffprobe', [], { hear: () => {}, stallMs: 100 })
      expect(await hung.await(hung.ended)).toMatchObject({
        code: 'WORKER',
        message: 'ffprobe was silent for 0.1 s and was ended',
      })
    } finally {
      process.env.PATH = PATH
    }
  },
)

test('videos are known by their extension', () => {
  expect(['a.MP4', 'x/b.webm', 'c.mkv', 'd.ts', 'e.png', 'mp4'].map(isVideo)).toEqual([true, true, true, false, false, false])
})

test('one ffmpeg decodes runs that lie near, and as many as it can look at', () => {
  const track = { width: 1, height: 1, tick: [1, 10], seekable: true } as const
  const frames = (...indices: number[]): VideoFrame[] => indices.map((index) => ({ index, pts: 10 * index, track }))
  const near = frames(3, 4, 5, 9, 260, 261, 513)
  const { frames: taken, runs } = nextStretch(near[0], near)
  expect(taken.map(({ index }) => index)).toEqual([3, 4, 5, 9, 260, 261])
  expect(runs).toEqual([
    [30, 50],
    [90, 90],
    [2600, 2610],
  ])
  const far = frames(...Array.from({ length: 1000 }, (_, index) => 2 * index))
  expect(nextStretch(far[0], far).runs).toHaveLength(200)
  expect(nextStretch(near[1], near, ({ index }) => index === 5).frames.map(({ index }) => index)).toEqual([4, 9, 260, 261])
})
