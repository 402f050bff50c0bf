// Ctrl-C and SIGTERM: the first lets what is under way finish, the second ends at once.
import { readdirSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isTemporaryName } from '@weft/io'
import { EXIT } from './exit-codes.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export class Stop {
  /** The signal that came first, null while there was none. */
  signal: (typeof SIGNALS)[number] | null = null
  /** Outputs of the items under way. */
  readonly writing = new Set<string>()
  readonly #listener = (signal: NodeJS.Signals): void => this.#hear(signal as (typeof SIGNALS)[number])
  readonly #onFirst: () => void

  /** Listens from now on; `onFirst` is called at the first signal. */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst
    for (const signal of SIGNALS) process.on(signal, this.#listener)
  }

  /** Leaves signals to Node again. */
  ignore(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener)
  }

  #hear(signal: (typeof SIGNALS)[number]): void {
    if (this.signal === null) {
      this.signal = signal
      this.#onFirst()
      return
    }
    for (const output of this.writing) removeTemporary(output)
    process.exit(EXIT[signal])
  }
}

/** Removes what a write that is cut off would leave beside its output: `.name.weft-tmp-...`. */
function removeTemporary(output: string): void {
  try {
    const folder = dirname(output)
    for (const name of readdirSync(folder)) {
      if (isTemporaryName(name) && name.startsWith(`.${basename(output).slice(0, 60)}.weft-tmp-`)) unlinkSync(join(folder, name))
    }
  } catch {
    // Its folder was not made yet, or somebody else removed it.
  }
}
