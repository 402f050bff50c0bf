// How far a run is: a bar on a terminal, elsewhere a line every few seconds, and lines that do not disturb it.
import type { SingleBar } from 'cli-progress'
import type { Tally } from './tally.ts'
import { COLUMNS, megabytes } from './text.ts'

const EVERY_MS = 5_000
const BAR = 12
const SHORTEST_BAR = 4

export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #wanted: boolean
  readonly #bar: SingleBar | null
  #tally: Tally | null = null
  #begun = 0
  #shown = false
  #timer: NodeJS.Timeout | undefined

  /** A bar needs its library, which takes as long to load as a tenth of a start does: only where there is one. */
  static async on(stream: NodeJS.WriteStream, wanted: boolean, everyMs = EVERY_MS): Promise<Progress> {
    return new Progress(stream, wanted, everyMs, wanted && stream.isTTY ? (await import('cli-progress')).SingleBar : null)
  }

  private constructor(stream: NodeJS.WriteStream, wanted: boolean, everyMs: number, Bar: typeof SingleBar | null) {
    this.#stream = stream
    this.#wanted = wanted
    const settings = {
      format: '{text}',
      barsize: BAR,
      clearOnComplete: true,
      linewrap: true,
      stream,
    }
    this.#bar = Bar === null ? null : new Bar(settings)
    if (!wanted || stream.isTTY) return
    this.#timer = setInterval(() => this.#tally !== null && stream.write(`${this.#text()}\n`), everyMs)
    this.#timer.unref()
  }

  /** The counts are looked at whenever they are shown. */
  start(tally: Tally): void {
    this.#tally = tally
    this.#begun = performance.now()
    this.#show()
  }

  step(): void {
    if (this.#tally !== null) this.#bar?.update(ended(this.#tally), { text: this.#text() })
  }

  /** A line of its own above the bar. The bar remembers where it began, so it is taken away first. */
  line(text: string): void {
    const shown = this.#shown
    this.#hide()
    this.#stream.write(`${text}\n`)
    if (shown) this.#show()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#hide()
  }

  #hide(): void {
    if (this.#shown) this.#bar?.stop()
    this.#shown = false
  }

  #show(): void {
    if (!this.#wanted || this.#tally === null) return
    this.#bar?.start(total(this.#tally), ended(this.#tally), { text: this.#text() })
    this.#shown = true
  }

  /** Rate and time left over the whole run: files differ too much for the last few to tell. */
  #text(): string {
    const tally = this.#tally as Tally
    const [done, all] = [ended(tally), total(tally)]
    const seconds = (performance.now() - this.#begun) / 1000
    const parts = [
      `${done} of ${all}`,
      done === 0 ? '- items/s' : `${(done / seconds).toFixed(1)} items/s`,
      `${done === 0 ? '-' : duration((seconds / done) * (all - done))} left`,
      ...(tally.failed === 0 ? [] : [`${tally.failed} failed`]),
      ...(tally.done === 0
        ? []
        : [`mostly ${tally.slowest}`, `${megabytes(tally.bytesRead)} in, ${megabytes(tally.bytesWritten)} out`]),
    ]
    const columns = this.#stream.columns ?? 2 * COLUMNS
    if (this.#bar === null) return parts.join('  ').slice(0, columns)
    return fitted(parts, done / Math.max(all, 1), columns)
  }
}

/** The bar takes what the words leave; where they leave nothing they stand closer, and what is past the last column is cut off. */
function fitted(parts: readonly string[], share: number, columns: number): string {
  const text = parts.join('  ')
  if (text.length > columns) return parts.join(' ').slice(0, columns)
  const width = Math.min(BAR, columns - text.length - 1)
  return width < SHORTEST_BAR ? text : `${'#'.repeat(Math.round(width * share)).padEnd(width, '.')} ${text}`
}

function ended({ done, failed }: Tally): number {
  return done + failed
}

function total({ items, skipped }: Tally): number {
  return items - skipped
}

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
