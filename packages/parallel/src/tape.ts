// Tapes: the calls of emitted code that a stretch of work made, to be made once more as they were.
import type { Callable, KernelFunction } from '@weft/core'

/** Words of a call on a tape before its arguments: which code, the word its arguments go to, and how many they are. */
const HEAD = 3

/** Of one thread: looks on while code is called. */
export class Recorder {
  readonly #memory: WebAssembly.Memory
  #words = new Int32Array(0)
  readonly #calls: Callable[] = []
  #taken: number[] | null = null

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  /** The same code, whose calls can be recorded. */
  watched(code: ReadonlyMap<string, Callable>, functions: readonly KernelFunction[]): ReadonlyMap<string, Callable> {
    return new Map(
      functions.map(({ name, words }) => {
        const call = code.get(name) as Callable
        const index = this.#calls.push(call) - 1
        const watched: Callable = (args) => {
          if (this.#taken !== null) this.#note(index, args / 4, words)
          call(args)
        }
        return [name, watched]
      }),
    )
  }

  /** @returns the calls that `work` made; null where it made not all, and where there are more than `most` words of them */
  record(work: () => boolean, most: number): { readonly done: boolean; readonly tape: Tape | null } {
    const taken: number[] = []
    const { buffer } = this.#memory
    if (this.#words.buffer !== buffer) this.#words = new Int32Array(buffer)
    this.#taken = taken
    try {
      const done = work()
      return { done, tape: done && taken.length <= most ? new Tape(Int32Array.from(taken), this.#calls, this.#words) : null }
    } finally {
      this.#taken = null
    }
  }

  #note(index: number, at: number, count: number): void {
    const taken = this.#taken as number[]
    taken.push(index, at, count)
    for (let word = at; word < at + count; word++) taken.push(this.#words[word])
  }
}

export class Tape {
  readonly #data: Int32Array
  readonly #calls: readonly Callable[]
  readonly #words: Int32Array

  constructor(data: Int32Array, calls: readonly Callable[], words: Int32Array) {
    this.#data = data
    this.#calls = calls
    this.#words = words
  }

  /** In words. */
  get length(): number {
    return this.#data.length
  }

  /** Makes the calls; leaves early, with false, when `cancelled` says so. */
  play(cancelled: () => boolean): boolean {
    const [data, calls, words] = [this.#data, this.#calls, this.#words]
    for (let next = 0; next < data.length; ) {
      if (cancelled()) return false
      const [call, args, count] = [calls[data[next]], data[next + 1], data[next + 2]]
      next += HEAD
      for (let word = 0; word < count; word++) words[args + word] = data[next + word]
      next += count
      call(4 * args)
    }
    return true
  }
}
