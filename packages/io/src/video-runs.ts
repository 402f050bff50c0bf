// Which frames one ffmpeg decodes: runs of neighbours that lie so near that decoding what is between them costs less than a seek.
import type { VideoFrame } from './video.ts'
import type { Run } from './video-decoder.ts'

/** Frames between two runs; key frames are about so far apart. */
const MAX_GAP = 250
/** ffmpeg looks at each for every frame. */
const MAX_RUNS = 200

export interface Stretch {
  readonly frames: VideoFrame[]
  readonly runs: readonly Run[]
}

/** A frame, and what of those that are wanted, sorted by their numbers, is decoded along with it. */
export function nextStretch(
  first: VideoFrame,
  wanted: readonly VideoFrame[],
  isGiven: (frame: VideoFrame) => boolean = () => false,
): Stretch {
  const taken: VideoFrame[] = []
  const runs: [number, number][] = []
  for (const frame of withThoseAfter(first, wanted)) {
    if (frame !== first && isGiven(frame)) continue
    const gap = taken.length === 0 ? 0 : frame.index - taken[taken.length - 1].index - 1
    if (gap > MAX_GAP) break
    if (gap > 0 || taken.length === 0) {
      if (runs.length === MAX_RUNS) break
      runs.push([frame.pts, frame.pts])
    } else runs[runs.length - 1][1] = frame.pts
    taken.push(frame)
  }
  return { frames: taken, runs }
}

function* withThoseAfter(first: VideoFrame, wanted: readonly VideoFrame[]): Generator<VideoFrame> {
  yield first
  let [low, high] = [0, wanted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (wanted[middle].index <= first.index) low = middle + 1
    else high = middle
  }
  for (; low < wanted.length; low++) yield wanted[low]
}
