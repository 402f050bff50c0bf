// The frames of a video as pictures, in whatever order they are asked for; decoded in theirs, a few ahead at most.
import { type FloatTensor, WeftError } from '@weft/core'
import { expectFrame, type Frame, framed } from './frame.ts'
import { DEFAULT_MAX_PIXELS, type ImageReadOptions } from './image-decode.ts'
import { imageLibrary } from './image-library.ts'
import { formatError } from './io-error.ts'
import { type PictureNumbers, pictureTensor } from './picture-tensor.ts'
import { secondsOf, type VideoFrame } from './video.ts'
import { type DecodedFrame, tooManyPixels, VideoDecoder } from './video-decoder.ts'
import { EarlyFrames } from './video-early.ts'
import { nextStretch } from './video-runs.ts'

/** Red, green and blue. */
const BANDS = 3

/** As of pictures. */
export type PictureOptions = Pick<ImageReadOptions, 'frame'> & PictureNumbers

interface Asked {
  readonly frame: VideoFrame
  readonly resolve: (decoded: DecodedFrame) => void
  readonly reject: (error: WeftError) => void
}

/** An ffmpeg at work, and the frames that it gives. */
interface Decoding {
  readonly decoder: VideoDecoder
  readonly frames: readonly VideoFrame[]
  /** Which of them comes next. */
  next: number
  /** Whether it began in the middle and gave nothing yet: it may have begun too late. */
  unsure: boolean
}

export interface VideoOptions {
  /** Refuse frames of more pixels; 268,402,689 (16383 squared) unless told. */
  readonly maxPixels?: number | undefined
  /** How long ffmpeg may give no sign of life while a frame is waited for; a minute unless told. */
  readonly stallMs?: number | undefined
}

/** Close it, so that no ffmpeg is left. */
export class VideoFrames {
  readonly #path: string
  readonly #wanted: readonly VideoFrame[]
  readonly #maxPixels: number
  readonly #stallMs: number | undefined
  readonly #asked = new Map<number, Asked>()
  readonly #early = new EarlyFrames()
  readonly #given = new Set<number>()
  readonly #lost = new Map<number, WeftError>()
  #decoding: Decoding | null = null
  #pumping: Promise<void> | null = null
  #closed = false

  /** `wanted` are the frames that will be asked for, sorted, each once as a rule: they are decoded in one go. */
  constructor(path: string, wanted: readonly VideoFrame[], { maxPixels = DEFAULT_MAX_PIXELS, stallMs }: VideoOptions = {}) {
    this.#path = path
    this.#wanted = wanted
    this.#maxPixels = maxPixels
    this.#stallMs = stallMs
  }

  /**
   * A frame as float32 (C, H, W) of 0 to 1, turned upright; 8 bits a sample, as ffmpeg converts it to RGB. Videos have no opacity.
   * @throws FORMAT when it is damaged or cut off, TOO_LARGE past `maxPixels`, NOT_FOUND without ffmpeg, WORKER when something
   * ended it, CLOSED
   */
  async read(which: VideoFrame, { frame, ...numbers }: PictureOptions = {}): Promise<FloatTensor> {
    const { width, height } = which.track
    if (width * height > this.#maxPixels) throw tooManyPixels(this.#path, width, height, this.#maxPixels)
    const decoded = await this.#decoded(which)
    const within = frame?.(decoded.width, decoded.height)
    if (within === undefined) return await pictureTensor(decoded.samples, decoded, BANDS, numbers)
    const samples = await framedSamples(decoded, within, `${this.#path}#${which.index}`)
    return await pictureTensor(samples, within, BANDS, numbers)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { reject } of this.#asked.values()) reject(new WeftError('CLOSED', `${this.#path} was closed`))
    this.#asked.clear()
    this.#early.clear()
    await this.#stop()
    await this.#pumping
  }

  #decoded(frame: VideoFrame): Promise<DecodedFrame> {
    const { index } = frame
    const lost = this.#lost.get(index)
    if (lost !== undefined) return Promise.reject(lost)
    const early = this.#early.take(index)
    if (early !== undefined) return Promise.resolve(early)
    return new Promise((resolve, reject) => {
      this.#asked.set(index, { frame, resolve, reject })
      this.#pumping ??= this.#pump()
    })
  }

  /** Decodes as long as something is asked for: nobody asks, and ffmpeg waits at its pipe. */
  async #pump(): Promise<void> {
    // Those that ask in the same moment come in any order.
    await new Promise(setImmediate)
    while (this.#asked.size > 0 && !this.#closed) {
      try {
        await this.#step()
      } catch (error) {
        await this.#stop()
        for (const index of this.#asked.keys()) this.#refuse(index, error as WeftError)
      }
    }
    this.#pumping = null
  }

  async #step(): Promise<void> {
    const first = [...this.#asked.values()].reduce((a, b) => (a.frame.index < b.frame.index ? a : b)).frame
    const current = this.#decoding
    const decoding = current?.frames.includes(first, current.next)
      ? current
      : await this.#start(first, first.track.seekable && first.index > 0)
    const decoded = await decoding.decoder.next()
    const { frames, next } = decoding
    const at = decoded === null ? frames.length : frames.findIndex(({ pts }, index) => index >= next && pts === decoded.pts)
    if (at !== next && decoding.unsure) {
      await this.#start(first, false)
      return
    }
    decoding.unsure = false
    if (at > next) await this.#lose(decoding, at)
    if (at < 0 || decoded === null) return
    decoding.next = at + 1
    this.#give(frames[at].index, decoded)
    if (decoding.next === frames.length) await this.#stop()
  }

  async #start(first: VideoFrame, seek: boolean): Promise<Decoding> {
    await this.#stop()
    const { frames, runs } = nextStretch(first, this.#wanted, ({ index }) => this.#given.has(index))
    const options = { runs, seek: seek ? secondsOf(first) : null, maxPixels: this.#maxPixels, stallMs: this.#stallMs }
    this.#decoding = { decoder: new VideoDecoder(this.#path, options), frames, next: 0, unsure: seek }
    return this.#decoding
  }

  #give(index: number, decoded: DecodedFrame): void {
    this.#given.add(index)
    const asked = this.#asked.get(index)
    if (asked !== undefined) {
      this.#asked.delete(index)
      asked.resolve(decoded)
      return
    }
    for (const dropped of this.#early.put(index, decoded)) this.#given.delete(dropped)
  }

  /** Those before number `end` did not come: something later did, or ffmpeg has ended. */
  async #lose({ decoder, frames, next }: Decoding, end: number): Promise<void> {
    const failure = end === frames.length ? await decoder.failure() : null
    if (failure !== null) await this.#stop()
    // Nothing is wrong with the file.
    if (failure !== null && failure.code !== 'FORMAT') throw failure
    // Where it crashed, what comes after may be sound.
    const lost = failure?.details.signal === undefined ? frames.slice(next, end) : [frames[next]]
    for (const { index } of lost) {
      const reason = failure?.message ?? 'ffmpeg left it out'
      const error = formatError(`${this.#path}#${index}`, `it cannot be decoded, it is damaged or cut short: ${reason}`)
      this.#given.add(index)
      this.#lost.set(index, error)
      this.#refuse(index, error)
    }
  }

  #refuse(index: number, error: WeftError): void {
    this.#asked.get(index)?.reject(error)
    this.#asked.delete(index)
  }

  async #stop(): Promise<void> {
    const decoding = this.#decoding
    this.#decoding = null
    await decoding?.decoder.stop()
  }
}

async function framedSamples({ samples, width, height }: DecodedFrame, within: Frame, label: string): Promise<Uint8Array> {
  expectFrame(within, label)
  const sharp = await imageLibrary()
  const image = sharp(samples, { raw: { width, height, channels: BANDS }, limitInputPixels: false })
  return await framed(image, within).raw({ depth: 'uchar' }).toBuffer()
}
