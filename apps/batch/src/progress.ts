// The progress bar, on a terminal only, and lines that do not disturb it.
import { SingleBar } from 'cli-progress'

const FORMAT = '{bar} {value} of {total}  {rate} items/s  {left} left'

export class Progress {
  readonly #stream: NodeJS.WriteStream
  #total = 0
  readonly #bar: SingleBar | null
  #begun = 0
  #done = 0
  #shown = false

  constructor(stream: NodeJS.WriteStream, wanted: boolean) {
    this.#stream = stream
    const settings = {
      format: FORMAT,
      barsize: 28,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      clearOnComplete: true,
      linewrap: true,
      stream,
    }
    this.#bar = wanted && stream.isTTY ? new SingleBar(settings) : null
  }

  start(total: number): void {
    this.#total = total
    this.#begun = performance.now()
    this.#show()
  }

  step(): void {
    this.#done++
    this.#bar?.update(this.#done, this.#payload())
  }

  /** A line of its own above the bar. The bar remembers where it began, so it is taken away first. */
  line(text: string): void {
    const shown = this.#shown
    this.stop()
    this.#stream.write(`${text}\n`)
    if (shown) this.#show()
  }

  stop(): void {
    if (this.#shown) this.#bar?.stop()
    this.#shown = false
  }

  #show(): void {
    this.#bar?.start(this.#total, this.#done, this.#payload())
    this.#shown = true
  }

  /** Over the whole run: files differ too much for the last few to tell. */
  #payload(): { rate: string; left: string } {
    const seconds = (performance.now() - this.#begun) / 1000
    if (this.#done === 0) return { rate: '-', left: '-' }
    const left = Math.round((seconds / this.#done) * (this.#total - this.#done))
    return {
      rate: (this.#done / seconds).toFixed(1),
      left: left < 60 ? `${left} s` : `${Math.floor(left / 60)} min ${left % 60} s`,
    }
  }
}
