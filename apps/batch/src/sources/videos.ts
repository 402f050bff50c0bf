// Reading frames of videos: each is opened once for all of its frames.
import { type FloatTensor, WeftError } from '@weft/core'
import { listFrames, type PictureOptions, type VideoFrame, VideoFrames } from '@weft/io'
import { Cache } from '../cache.ts'
import type { Input } from './inputs.ts'

/** Videos that stay open: each has a process that decodes, and frames that came early. */
const OPEN = 2

export class Videos {
  readonly #open = new Cache<OpenVideo>(OPEN)
  /** The frames that will be read, by path. */
  readonly #wanted = new Map<string, Set<number>>()
  readonly #maxPixels: number

  constructor(items: readonly Input[], maxPixels: number) {
    this.#maxPixels = maxPixels
    for (const { path, part } of items) {
      if (part?.kind !== 'frame') continue
      const wanted = this.#wanted.get(path) ?? new Set()
      this.#wanted.set(path, wanted.add(part.index))
    }
  }

  /** A video that was replaced has another hash, and is opened anew. @throws what listing and reading frames throw */
  async read(path: string, index: number, hash: string, options: PictureOptions): Promise<FloatTensor> {
    const open = (): Promise<OpenVideo> => OpenVideo.open(path, this.#wanted.get(path) ?? new Set(), this.#maxPixels)
    return await this.#open.with(`${hash} ${path}`, open, (video) => video.read(index, options))
  }

  async close(): Promise<void> {
    await this.#open.clear()
  }
}

class OpenVideo {
  readonly #path: string
  readonly #frames: ReadonlyMap<number, VideoFrame>
  readonly #reader: VideoFrames

  private constructor(path: string, frames: readonly VideoFrame[], maxPixels: number) {
    this.#path = path
    this.#frames = new Map(frames.map((frame) => [frame.index, frame]))
    this.#reader = new VideoFrames(path, frames, { maxPixels })
  }

  static async open(path: string, wanted: ReadonlySet<number>, maxPixels: number): Promise<OpenVideo> {
    const { frames } = await listFrames(path, maxPixels)
    return new OpenVideo(
      path,
      frames.filter(({ index }) => wanted.has(index)),
      maxPixels,
    )
  }

  async read(index: number, options: PictureOptions): Promise<FloatTensor> {
    const frame = this.#frames.get(index)
    if (frame === undefined) throw new WeftError('FORMAT', `${this.#path}#${index}: the video has no such frame`)
    return await this.#reader.read(frame, options)
  }

  close(): Promise<void> {
    return this.#reader.close()
  }
}
