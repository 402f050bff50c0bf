// One ffmpeg that decodes runs of frames: each comes through a pipe with its size in front, its time through the log.
import { WeftError } from '@weft/core'
import { allocate } from './allocate.ts'
import { Ffmpeg, ffmpegInput } from './ffmpeg.ts'
import { formatError, tooLarge } from './io-error.ts'

/** Frames shown from the first time to the last, in ticks. */
export type Run = readonly [first: number, last: number]

export interface DecodedFrame {
  /** NaN when it has none. */
  readonly pts: number
  readonly width: number
  readonly height: number
  /** Red, green and blue of each pixel. */
  readonly samples: Uint8Array
}

export interface DecodeOptions {
  readonly runs: readonly Run[]
  /** Seconds, to begin at a key frame before; null decodes all from the start. */
  readonly seek: number | null
  readonly maxPixels: number
  /** See `FfmpegOptions`. */
  readonly stallMs?: number | undefined
}

const MAX_HEADER = 64
const NEWLINE = 0x0a

/** Of an ffmpeg that decodes the first track frame by frame, and tells the time of each that the filters let pass. */
export function decodeArguments(
  path: string,
  input: readonly string[],
  filters: readonly string[],
  output: readonly string[],
): string[] {
  // Times stay those of the file.
  const opened = ['-copyts', ...input, ...ffmpegInput(path), '-map', '0:V:0']
  const shown = ['-vf', [...filters, 'showinfo=checksum=0'].join(','), '-fps_mode', 'passthrough']
  // Signs of life while it skips frames.
  const signs = ['-nostats', '-progress', 'pipe:2', '-stats_period', '5']
  return ['-hide_banner', '-nostdin', ...signs, '-v', 'level+info', ...opened, ...shown, ...output, 'pipe:1']
}

/** The time that a line of its log tells, in ticks; NaN of a frame without, undefined when it tells something else. */
export function timeShown(line: string): number | undefined {
  const [, pts] = /Parsed_showinfo.*\] n: *\d+ pts: *(-?\d+|NOPTS) /.exec(line) ?? []
  return pts === undefined ? undefined : Number(pts)
}

export class VideoDecoder {
  readonly #path: string
  readonly #maxPixels: number
  readonly #process: Ffmpeg
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Uint8Array = new Uint8Array(0)
  /** Of frames that the pipe has not brought yet: the log is faster. */
  readonly #times: number[] = []
  #heard: () => void = () => {}

  constructor(path: string, { runs, seek, maxPixels, stallMs }: DecodeOptions) {
    this.#path = path
    this.#maxPixels = maxPixels
    const begin = seek === null ? [] : ['-seek_timestamp', '1', '-noaccurate_seek', '-ss', seek.toFixed(6)]
    const wanted = runs.map(([first, last]) => `between(pts,${first},${last})`).join('+')
    const output = ['-c:v', 'ppm', '-pix_fmt', 'rgb24', '-f', 'image2pipe']
    // A frame that is damaged is left out rather than patched with grey.
    const strict = ['-err_detect:v', 'explode', '-max_pixels', String(maxPixels)]
    const args = decodeArguments(path, [...strict, ...begin], [`select='${wanted}'`], output)
    this.#process = new Ffmpeg('ffmpeg', args, { hear: (line) => this.#hear(line), stallMs })
    this.#chunks = this.#process.output[Symbol.asyncIterator]()
  }

  /** The next frame, null after the last or where ffmpeg was ended. @throws TOO_LARGE for one of more pixels than allowed, FORMAT, MEMORY */
  async next(): Promise<DecodedFrame | null> {
    const header = await this.#header()
    if (header === null) return null
    const [, width, height] = (/^P6\n(\d+) (\d+)\n255\n$/.exec(header) ?? []).map(Number)
    if (!(width > 0 && height > 0)) throw formatError(this.#path, `ffmpeg wrote no picture: ${JSON.stringify(header)}`)
    if (width * height > this.#maxPixels) throw tooManyPixels(this.#path, width, height, this.#maxPixels)
    const samples = allocate(3 * width * height, 'uint8')
    for (let done = 0; done < samples.length; ) {
      if (!(await this.#more())) return null
      const taken = this.#chunk.subarray(0, samples.length - done)
      samples.set(taken, done)
      done += taken.length
      this.#chunk = this.#chunk.subarray(taken.length)
    }
    return { pts: await this.#time(), width, height, samples }
  }

  /** Why it ended; WORKER when something else ended it. */
  async failure(): Promise<WeftError> {
    const failure = await this.#process.ended
    const reason = this.#process.complaint || 'ffmpeg gave none of it'
    return failure ?? new WeftError('FORMAT', reason)
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }

  /** Three lines; null at the end. */
  async #header(): Promise<string | null> {
    let header = ''
    for (let lines = 0; lines < 3 && header.length < MAX_HEADER; ) {
      if (!(await this.#more())) return null
      header += String.fromCharCode(this.#chunk[0])
      if (this.#chunk[0] === NEWLINE) lines++
      this.#chunk = this.#chunk.subarray(1)
    }
    return header
  }

  /** Whether there is something in the chunk; waits for the next one. */
  async #more(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const { value, done } = await this.#process.await(this.#chunks.next())
      if (done === true) return false
      this.#chunk = value
    }
    return true
  }

  #hear(line: string): void {
    const pts = timeShown(line)
    if (pts === undefined) return
    this.#times.push(pts)
    this.#heard()
  }

  async #time(): Promise<number> {
    if (this.#times.length === 0) {
      const heard = new Promise<void>((resolve) => {
        this.#heard = resolve
      })
      await this.#process.await(Promise.race([heard, this.#process.ended]))
    }
    return this.#times.shift() ?? Number.NaN
  }
}

export function tooManyPixels(path: string, width: number, height: number, maxPixels: number): WeftError {
  const problem = `it is ${width} x ${height} pixels; the limit is ${maxPixels} (maxPixels)`
  return tooLarge(path, problem, { width, height, maxPixels })
}
