// Where a run has its engine from: one of its own, or one that is kept from run to run.
import { type Engine, type EngineOptions, open } from '@weft/parallel'

export interface Engines {
  /** @throws what opening an engine throws */
  take(options: EngineOptions): Promise<Engine>
  /** Called once for each that was taken. */
  give(engine: Engine): Promise<void>
}

export const OWN_ENGINE: Engines = { take: open, give: (engine) => engine.close() }

/** Opens an engine once and lends it again and again, as long as the same one is asked for. One borrower at a time. */
export class KeptEngine implements Engines, AsyncDisposable {
  #kept: { readonly key: string; readonly engine: Engine } | undefined

  async take(options: EngineOptions): Promise<Engine> {
    const key = JSON.stringify(options)
    if (this.#kept?.key !== key) {
      await this[Symbol.asyncDispose]()
      this.#kept = { key, engine: await open(options) }
    }
    return this.#kept.engine
  }

  async give(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    const kept = this.#kept
    this.#kept = undefined
    await kept?.engine.close()
  }
}
