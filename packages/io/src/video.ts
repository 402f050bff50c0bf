// Videos: which files are, the frames that one has, and which of them are wanted.
import { extname } from 'node:path'

/** Containers that ffmpeg takes apart. `.ts` is left out: in most folders that is TypeScript. */
const EXTENSIONS = ['.mp4', '.m4v', '.mkv', '.webm', '.mov', '.avi', '.mpg', '.mpeg', '.wmv', '.flv', '.ogv', '.3gp']

/** Whether the extension of a path is that of a video, in capitals or not. Says nothing of the file itself. */
export function isVideo(path: string): boolean {
  return EXTENSIONS.includes(extname(path).toLowerCase())
}

/** What all frames of a video share. */
export interface VideoTrack {
  readonly width: number
  readonly height: number
  /** Seconds of one unit of `pts`, as a fraction. */
  readonly tick: readonly [numerator: number, denominator: number]
  /** Whether the container tells all times: only then does decoding from the middle give the same frames. */
  readonly seekable: boolean
}

export interface VideoFrame {
  /** From 0, in the order in which they are shown. */
  readonly index: number
  /** When it is shown, in ticks of the track; no two frames have the same. */
  readonly pts: number
  readonly track: VideoTrack
}

export interface FrameRange {
  /** Only the first of each so many frames; 1 unless told. */
  readonly every?: number | undefined
  /** Seconds after the first frame: only frames shown then or later. */
  readonly from?: number | undefined
  /** Only frames shown before. */
  readonly to?: number | undefined
}

/** The frames of a range: those from `from` up to but without `to`, and of these the first, and each `every`-th after it. */
export function framesWithin(
  frames: readonly VideoFrame[],
  { every = 1, from = 0, to = Number.POSITIVE_INFINITY }: FrameRange,
): VideoFrame[] {
  const origin = frames[0]?.pts ?? 0
  const within = frames.filter((frame) => {
    const seconds = secondsOf(frame, origin)
    return seconds >= from && seconds < to
  })
  return within.filter((_, at) => at % every === 0)
}

/** Seconds from a moment in ticks to a frame. */
export function secondsOf({ pts, track }: VideoFrame, origin = 0): number {
  const [numerator, denominator] = track.tick
  return ((pts - origin) * numerator) / denominator
}
