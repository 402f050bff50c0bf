// ffmpeg and ffprobe as subprocesses: what they may open, what they say of failures, and that none hangs or outlives this process.
import { type ChildProcess, spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { WeftError } from '@weft/core'

/** Containers only: a playlist or a script that is called .mp4 could name other files. */
const DEMUXERS = 'mov,matroska,avi,mpeg,mpegvideo,asf,flv,ogg'

/** The most that is kept of a line that does not end. */
const MAX_LINE = 2 ** 14

/** A sound one says something every few seconds. */
const STALL_MS = 60_000

/** What the system cannot end at once, as a read from a dead network disk, is not waited for. */
const ENDING_MS = 2_000

const CRASHES: readonly NodeJS.Signals[] = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV']

/** An option that came with 5.1. */
const TOO_OLD = /'fps_mode'/

const running = new Set<ChildProcess>()
const killAll = (): void => {
  for (const child of running) kill(child)
}

/** The input, in front of which options of the input go. The path is never an option, a pattern or an address. */
export function ffmpegInput(path: string): string[] {
  return ['-protocol_whitelist', 'file,pipe', '-format_whitelist', DEMUXERS, '-i', `file:${path}`]
}

export interface FfmpegOptions {
  /** Gets its log, line by line. */
  readonly hear: (line: string) => void
  /** How long it may be silent while it is waited for; a minute unless told. */
  readonly stallMs?: number | undefined
}

/** A running ffmpeg or ffprobe. Whoever does not read its output makes it wait. */
export class Ffmpeg {
  readonly output: Readable
  /** How it ended, once it has and all of its lines were heard: null when all went well. Never rejects. */
  readonly ended: Promise<WeftError | null>
  readonly #child: ChildProcess
  readonly #tool: string
  readonly #stallMs: number
  #complaint = ''
  #lastSign = performance.now()
  #stalled = false

  constructor(tool: 'ffmpeg' | 'ffprobe', args: readonly string[], { hear, stallMs = STALL_MS }: FfmpegOptions) {
    this.#tool = tool
    this.#stallMs = stallMs
    if (running.size === 0) process.once('exit', killAll)
    // In a group of its own: Ctrl-C at the terminal is for weft, which finishes what is under way.
    const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, windowsHide: true })
    running.add(child)
    this.#child = child
    // Where the system has no pipe left, there are none.
    this.output = child.stdout ?? Readable.from([])
    this.#eachLine(child.stderr ?? Readable.from([]), (line) => {
      if (this.#complaint === '') this.#complaint = /\[(?:error|fatal|panic)\] (.*)$/.exec(line)?.[1] ?? ''
      hear(line)
    })
    this.ended = new Promise((resolve) => {
      child.on('error', (cause) => resolve(startError(tool, cause)))
      child.on('close', (code, signal) => resolve(code === 0 ? null : this.#endError(code, signal)))
    })
    void this.ended.then(() => {
      running.delete(child)
      if (running.size === 0) process.off('exit', killAll)
    })
  }

  /** The first error that it told, '' when there was none: later ones follow from it, mostly. */
  get complaint(): string {
    return this.#complaint
  }

  /** Its output as lines too, instead of `output`. */
  listen(hear: (line: string) => void): void {
    this.#eachLine(this.output, hear)
  }

  /** Waits for something that it brings about; ends it when it is silent for too long, which makes `coming` settle. */
  async await<T>(coming: Promise<T>): Promise<T> {
    this.#lastSign = performance.now()
    const look = (): void => {
      if (performance.now() - this.#lastSign < this.#stallMs) return
      this.#stalled = true
      kill(this.#child)
    }
    const looking = setInterval(look, this.#stallMs / 10)
    try {
      return await coming
    } finally {
      clearInterval(looking)
    }
  }

  /** Ends it, whatever it does. */
  async stop(): Promise<void> {
    this.output.destroy()
    kill(this.#child)
    await Promise.race([this.ended, wait(ENDING_MS, null, { ref: false })])
  }

  /** Lines as they come, the beginning of those that never end. */
  #eachLine(stream: Readable, hear: (line: string) => void): void {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      this.#lastSign = performance.now()
      const lines = (rest + text).split('\n')
      rest = (lines.pop() as string).slice(0, MAX_LINE)
      for (const line of lines) hear(line)
    })
    stream.on('end', () => rest !== '' && hear(rest))
  }

  #endError(code: number | null, signal: NodeJS.Signals | null): WeftError {
    const tool = this.#tool
    if (this.#stalled) return new WeftError('WORKER', `${tool} was silent for ${this.#stallMs / 1000} s and was ended`)
    // A file may crash it; whatever else ended it may not come again.
    if (signal !== null && !CRASHES.includes(signal)) return new WeftError('WORKER', `${tool} was ended by ${signal}`, { signal })
    if (signal !== null) return new WeftError('FORMAT', `${tool} crashed on it (${signal})`, { signal })
    const old = TOO_OLD.test(this.#complaint) ? `; ${tool} 5.1 or newer is needed` : ''
    return new WeftError('FORMAT', `${this.#complaint || `${tool} ended with exit code ${code}`}${old}`, { code: code ?? -1 })
  }
}

/** With what it started itself: on some systems the ffmpeg of the PATH is a script. */
function kill(child: ChildProcess): void {
  if (!running.has(child)) return
  try {
    process.kill(-(child.pid as number), 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

function startError(tool: string, cause: NodeJS.ErrnoException | Error): WeftError {
  const missing = 'code' in cause && cause.code === 'ENOENT'
  if (!missing) return new WeftError('IO', `cannot start ${tool}: ${cause.message}`, { tool }, { cause })
  const problem = `${tool} is not on the PATH, and videos are read by it`
  return new WeftError('NOT_FOUND', `${problem}: install ffmpeg (on Debian: apt install ffmpeg)`, { tool }, { cause })
}
