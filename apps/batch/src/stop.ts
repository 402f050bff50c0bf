// Why a run ends before its last item: signals, of which the second ends at once, or a limit that is reached.
import { endWrites } from '@weft/io'
import { EXIT } from './exit-codes.ts'
import { removeTemporaries } from './temporaries.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** Milliseconds after a second signal in which files that are being made may appear, to be removed: a disk may hang. */
const WAIT_MS = 5000
type Signal = (typeof SIGNALS)[number]

/** A signal, `--time-limit`, `--halt-after`, or a full disk. */
export type Reason = Signal | 'time' | 'failures' | 'full'

export class Stop {
  /** What came first, null while there was nothing. */
  reason: Reason | null = null
  /** Outputs of the items under way. */
  readonly writing: Set<string>
  readonly #controller = new AbortController()
  readonly #ignored = new AbortController()
  readonly #listener = (signal: NodeJS.Signals): void => this.#hear(signal as Signal)
  readonly #onFirst: (reason: Reason) => void
  #signals = 0

  /**
   * Listens from now on; `onFirst` is called when the run is to end. A run `within` something longer ends when that does, and
   * leaves the signals to it.
   */
  constructor(onFirst: (reason: Reason) => void, within?: Stop) {
    this.#onFirst = onFirst
    this.writing = within?.writing ?? new Set()
    if (within === undefined) {
      for (const signal of SIGNALS) process.on(signal, this.#listener)
      return
    }
    const follow = (): void => this.because(within.reason as Reason)
    if (within.reason !== null) follow()
    else within.signal.addEventListener('abort', follow, { signal: this.#ignored.signal })
  }

  /** Aborted when the run is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Lets what is under way finish and begins nothing more. */
  because(reason: Reason): void {
    if (this.reason !== null) return
    this.reason = reason
    this.#controller.abort()
    this.#onFirst(reason)
  }

  /**
   * Leaves signals to Node again, and no longer ends with what it is within. Where one was heard the process is about to end, and
   * the next one still ends it at once: Node would end it without an exit code.
   */
  ignore(): void {
    this.#ignored.abort()
    if (this.#signals > 0) return
    for (const signal of SIGNALS) process.off(signal, this.#listener)
  }

  #hear(signal: Signal): void {
    this.#signals++
    if (this.#signals === 1) {
      this.because(signal)
      return
    }
    const end = (): void => {
      clearTimeout(timer)
      removeTemporaries(this.writing)
      process.exit(EXIT[signal])
    }
    const timer = setTimeout(end, WAIT_MS)
    // What a thread is making would appear after all the others were removed.
    if (this.#signals > 2) end()
    else void endWrites().then(end)
  }
}
