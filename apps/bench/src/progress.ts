// One line on a terminal that says what goes on; nothing anywhere else.

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export class Progress {
  readonly #terminal: Terminal
  readonly #shown: boolean

  constructor(terminal: Terminal, wanted: boolean) {
    this.#terminal = terminal
    this.#shown = wanted && terminal.isTTY === true
  }

  say(text: string): void {
    if (this.#shown) this.#terminal.write(`\r\x1b[K${text.slice(0, (this.#terminal.columns || 80) - 1)}`)
  }

  clear(): void {
    if (this.#shown) this.#terminal.write('\r\x1b[K')
  }
}
