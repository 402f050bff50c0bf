// Tapes: the calls of emitted code that a stretch of work made, to be made once more as they were.
import type { Callable, KernelFunction } from '@weft/core'

/** Words of a call on a tape before its arguments: the word they go to, and how many they are. */
const HEAD = 2

/** Calls as they are made: the code of each, and its words. */
interface Taken {
  readonly calls: Callable[]
  readonly words: number[]
  /** More words than this are of no use. */
  readonly most: number
}

/** Of one thread: looks on while code is called. */
export class Recorder {
  readonly #memory: WebAssembly.Memory
  #words = new Int32Array(0)
  #taken: Taken | null = null

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  /** The same code, whose calls can be recorded. */
  watched(code: ReadonlyMap<string, Callable>, functions: readonly KernelFunction[]): ReadonlyMap<string, Callable> {
    return new Map(
      functions.map(({ name, words }) => {
        const call = code.get(name) as Callable
        const watched: Callable = (args) => {
          if (this.#taken !== null) this.#note(call, args / 4, words)
          call(args)
        }
        return [name, watched]
      }),
    )
  }

  /** @returns the calls that `work` made; null where it made not all, and where there are more than `most` words of them */
  record(work: () => boolean, most: number): { readonly done: boolean; readonly tape: Tape | null } {
    const taken: Taken = { calls: [], words: [], most }
    const { buffer } = this.#memory
    if (this.#words.buffer !== buffer) this.#words = new Int32Array(buffer)
    this.#taken = taken
    try {
      const done = work()
      return { done, tape: done && taken.words.length <= most ? new Tape(taken, this.#words) : null }
    } finally {
      this.#taken = null
    }
  }

  #note(call: Callable, at: number, count: number): void {
    const { calls, words, most } = this.#taken as Taken
    if (words.length > most) return
    calls.push(call)
    words.push(at, count)
    for (let word = at; word < at + count; word++) words.push(this.#words[word])
  }
}

export class Tape {
  readonly #data: Int32Array
  readonly #calls: readonly Callable[]
  readonly #words: Int32Array

  constructor({ calls, words: data }: Taken, words: Int32Array) {
    this.#data = Int32Array.from(data)
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
    let next = 0
    for (const call of calls) {
      if (cancelled()) return false
      const [args, count] = [data[next], data[next + 1]]
      next += HEAD
      for (let word = 0; word < count; word++) words[args + word] = data[next + word]
      next += count
      call(4 * args)
    }
    return true
  }
}
