// The frames of a video file: found by ffprobe without decoding, and by decoding where the container does not tell them rightly.
import { Ffmpeg, ffmpegInput } from './ffmpeg.ts'
import { DEFAULT_MAX_PIXELS } from './image-decode.ts'
import { InputFile } from './input-file.ts'
import { formatError, tooLarge } from './io-error.ts'
import type { VideoFrame, VideoTrack } from './video.ts'
import { decodeArguments, timeShown, tooManyPixels } from './video-decoder.ts'

export interface VideoListing {
  readonly frames: readonly VideoFrame[]
  /** Why there should be more of them; null when nothing is missing. */
  readonly damage: string | null
}

/** More than a day at 30 frames a second. */
const MAX_FRAMES = 4_000_000

/** What demuxers complain of is missing or cut off; not that of decoders and parsers, which is seen when a frame is read. */
const COMPLAINT = /^\[(?:matroska|mov|avi|mpeg|mpegvideo|asf|flv|ogg)(?:,[^ ]*)? @ [^\]]*\] \[(?:error|fatal)\] (.*)$/
/** Where decoders refuse a size. */
const PIXELS = /Picture size (\d+)x(\d+) exceeds specified max pixel count (\d+)/

/** Complaints that are not about frames. */
const BESIDE = /chapter|metadata|attach|cover/i

/** VP8 has packets that show nothing. */
const HIDES_FRAMES = ['vp8']

interface Times {
  /** Sorted; NaN where the file does not tell. */
  readonly times: readonly number[]
  readonly damage: string | null
}

/**
 * The frames of the first video track, in the order in which they are shown.
 * @throws NOT_FOUND when the file, ffprobe or ffmpeg is not there, IO, FORMAT when there is no video in it or frames have no
 * times, TOO_LARGE past four million frames,
 * or where frames have more than `maxPixels`, WORKER when something ended ffmpeg
 */
export async function listFrames(path: string, maxPixels = DEFAULT_MAX_PIXELS): Promise<VideoListing> {
  // A pipe or a device would make ffprobe wait.
  const cut = await cutRiff(path)
  const { size, codec, ...packets } = await probe(path, maxPixels)
  if (size.width * size.height > maxPixels) throw tooManyPixels(path, size.width, size.height, maxPixels)
  const trusted = !HIDES_FRAMES.includes(codec) && areApart(packets.times)
  const track: VideoTrack = { ...size, seekable: trusted }
  const { times, damage } = trusted ? packets : await decodeAll(path, maxPixels)
  if (!areApart(times)) {
    const remedy = 'bring it into another container first: ffmpeg -i IN -c copy OUT.mkv'
    throw formatError(path, `some of its frames have no time of their own; ${remedy}`)
  }
  return { frames: times.map((pts, index) => ({ index, pts, track })), damage: packets.damage ?? damage ?? cut }
}

/** Whether each has a time, and no other the same. */
function areApart(times: readonly number[]): boolean {
  return times.every((time, at) => !Number.isNaN(time) && (at === 0 || time !== times[at - 1]))
}

/** By the packets, without decoding. */
async function probe(path: string, maxPixels: number): Promise<Times & Head> {
  const entries = 'stream=codec_name,width,height,time_base:packet=pts,flags'
  const shown = ['-select_streams', 'V:0', '-show_entries', entries, '-of', 'compact']
  let head = ''
  const args = ['-hide_banner', '-v', 'level+error', ...shown, '-max_pixels', String(maxPixels), ...ffmpegInput(path)]
  const found = await timesOf(path, 'ffprobe', args, (line) => {
    if (line.startsWith('stream|')) head = line
    const [, pts, flags = ''] = /^packet\|pts=([^|]*)\|flags=(\w*)/.exec(line) ?? []
    // A packet that is marked D is only there for those after it.
    return pts === undefined || flags[1] === 'D' ? undefined : Number(pts)
  })
  const track = headIn(head)
  if (track === null) throw formatError(path, 'it has no video track that ffmpeg reads')
  return { ...found, ...track }
}

/** By the frames, as they come when they are read. */
async function decodeAll(path: string, maxPixels: number): Promise<Times> {
  const args = decodeArguments(path, ['-max_pixels', String(maxPixels)], [], ['-f', 'null'])
  return await timesOf(path, 'ffmpeg', args, timeShown)
}

/** @throws FORMAT when there are none, TOO_LARGE when there are too many */
async function timesOf(
  path: string,
  tool: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  timeIn: (line: string) => number | undefined,
): Promise<Times> {
  const times: number[] = []
  let damage: string | null = null
  const hear = (line: string): void => {
    const time = timeIn(line)
    if (time !== undefined && times.push(time) > MAX_FRAMES) void process.stop()
    const complaint = COMPLAINT.exec(line)?.[1]
    if (complaint !== undefined && !BESIDE.test(complaint)) damage ??= complaint
  }
  const process = new Ffmpeg(tool, args, { hear })
  process.listen(hear)
  const failure = await process.await(process.ended)
  if (times.length > MAX_FRAMES) throw tooLarge(path, `it has more than ${MAX_FRAMES} frames`)
  if (failure !== null && failure.code !== 'FORMAT') throw failure
  const [, width, height, most] = (PIXELS.exec(process.complaint) ?? []).map(Number)
  if (times.length === 0 && most !== undefined) throw tooManyPixels(path, width, height, most)
  if (times.length === 0) throw formatError(path, `it is no video that ffmpeg reads: ${process.complaint || 'it has no frames'}`)
  return { times: times.sort((a, b) => a - b), damage: damage ?? failure?.message ?? null }
}

interface Head {
  readonly size: Omit<VideoTrack, 'seekable'>
  readonly codec: string
}

function headIn(line: string): Head | null {
  const [width, height] = ['width', 'height'].map((name) => Number(new RegExp(`\\|${name}=(\\d+)`).exec(line)?.[1]))
  const [, numerator, denominator] = (/\|time_base=(\d+)\/(\d+)/.exec(line) ?? []).map(Number)
  if (!(width > 0 && height > 0 && numerator > 0 && denominator > 0)) return null
  const codec = /\|codec_name=([^|]*)/.exec(line)?.[1] ?? ''
  return { size: { width, height, tick: [numerator, denominator] }, codec }
}

/** AVI says how long it is, and ffmpeg does not complain of less. @throws NOT_FOUND, IO */
async function cutRiff(path: string): Promise<string | null> {
  await using file = await InputFile.open(path)
  const head = Buffer.from(await file.bytes(0, Math.min(file.size, 8)))
  if (head.length < 8 || head.toString('latin1', 0, 4) !== 'RIFF') return null
  const promised = head.readUInt32LE(4) + 8
  return promised > file.size ? `it has ${file.size} bytes where ${promised} are promised` : null
}
