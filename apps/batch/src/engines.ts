// Where a run has its engine from: one of its own, or one that is opened before it or kept from run to run.
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
  #kept: { readonly key: string; readonly engine: Promise<Engine> } | undefined

  /** Begins to open one that will be taken: its workers start meanwhile. What fails here fails again when it is taken. */
  ahead(options: EngineOptions): void {
    this.#open(options)
  }

  async take(options: EngineOptions): Promise<Engine> {
    if (this.#kept?.key === JSON.stringify(options)) return await this.#kept.engine
    await this[Symbol.asyncDispose]()
    return await this.#open(options)
  }

  #open(options: EngineOptions): Promise<Engine> {
    const kept = { key: JSON.stringify(options), engine: open(options) }
    this.#kept = kept
    kept.engine.catch(() => {
      if (this.#kept === kept) this.#kept = undefined
    })
    return kept.engine
  }

  async give(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    const kept = this.#kept
    this.#kept = undefined
    const engine = await kept?.engine.catch(() => null)
    await engine?.close()
  }
}
