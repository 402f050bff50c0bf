// One line on a terminal that says what goes on; elsewhere nothing, or a line now and then.

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export class Progress {
  readonly #terminal: Terminal
  readonly #shown: boolean
  readonly #lineMs: number
  #nextAt: number

  /** @param lineMs how often a line is written where there is no terminal; by default never */
  constructor(terminal: Terminal, wanted: boolean, lineMs = Number.POSITIVE_INFINITY) {
    this.#terminal = terminal
    this.#shown = wanted && terminal.isTTY === true
    this.#lineMs = wanted && !this.#shown ? lineMs : Number.POSITIVE_INFINITY
    this.#nextAt = performance.now() + this.#lineMs
  }

  say(text: string): void {
    if (performance.now() > this.#nextAt) {
      this.#nextAt = performance.now() + this.#lineMs
      this.#terminal.write(`${text}\n`)
    }
    if (this.#shown) this.#terminal.write(`\r\x1b[K${text.slice(0, (this.#terminal.columns || 80) - 1)}`)
  }

  clear(): void {
    if (this.#shown) this.#terminal.write('\r\x1b[K')
  }
}
